"""The demo with its window: the hosted side is started, a person chosen, the desktop opened; closing it stops all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fleetdesk.app import make_application, run_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.demo.dataset import PERSONAS
from fleetdesk.demo.hosted import HostedDemo
from fleetdesk.demo.issuer import DemoTokens
from fleetdesk.demo.laptops import open_laptop, person_of, vault_of_demo
from fleetdesk.demo.persona import choose_persona
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.local_copy import About
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.unlocking import Behind, unlock
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.network.client import HubClient

__all__ = ["run_demo"]


def run_demo(folder: Path, settings: LaptopSettings, say: Callable[[str], None], *, link: str = "") -> int:
    """Run the demo until its window is closed, which begins by following `link`; the exit code.

    Raises AlreadyRunning, DiskFull, Unavailable.
    """
    platform, clock = fleet_platform(), SystemClock()
    laptops = folder / "laptops"
    with HostedDemo(folder, clock=clock, say=say) as hosted:
        app = make_application()
        doorbell, wanted = Doorbell(folder), [link]
        doorbell.rung.connect(wanted.append)
        persona = choose_persona(PERSONAS)
        if persona is None:
            return 0
        vault = unlock(vault_of_demo(laptops), Behind(tr("the demo")))
        say(vault.where)
        store = open_laptop(laptops, persona, vault.vault, platform, clock, second_thoughts=settings.second_thoughts)
        try:
            tokens = DemoTokens(hosted.issuer, persona.provider_id, persona.role)
            client = HubClient(hosted.hub_url, tokens, silence=settings.request_timeout)
            with hosted.mended():
                return run_desktop(
                    app,
                    store,
                    client,
                    person_of(persona, platform),
                    platform=platform,
                    settings=replace(settings, data_dir=laptops / persona.provider_id),
                    clock=clock,
                    doorbell=doorbell,
                    about=About(tr("The demo of this machine"), hosted.hub_url, vault.where),
                    link=wanted[-1],
                )
        finally:
            store.close()
