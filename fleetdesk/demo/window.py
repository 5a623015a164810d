"""The demo with its window: the hosted side is started, a person chosen, the desktop opened; closing it stops all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from fleetdesk.app import make_application, run_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.demo.dataset import PERSONAS, Persona
from fleetdesk.demo.hosted import HostedDemo
from fleetdesk.demo.issuer import DemoTokens
from fleetdesk.demo.laptops import open_laptop, person_of, vault_of_demo
from fleetdesk.demo.persona import choose_persona
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.local_copy import About
from fleetdesk.models.locking import Why
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.unlocking import Behind
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import OpenedVault
from fleetdesk.sync.network.client import HubClient
from fleetdesk.team.lock_loop import Around, between_locks
from fleetdesk.team.words import behind, lock_words

__all__ = ["run_demo"]


def run_demo(folder: Path, settings: LaptopSettings, say: Callable[[str], None], *, link: str = "") -> int:
    """Run the demo until its window is closed, which begins by following `link`; the exit code.

    Raises AlreadyRunning, DiskFull, Unavailable.
    """
    clock = SystemClock()
    with HostedDemo(folder, clock=clock, say=say) as hosted:
        make_application().setQuitOnLastWindowClosed(False)  # between two windows there is none
        doorbell, wanted = Doorbell(folder), [link]
        doorbell.rung.connect(wanted.append)
        persona = choose_persona(PERSONAS)
        if persona is None:
            return 0

        def work(opened: OpenedVault, around: Around) -> int | Behind:
            left = _work(hosted, persona, settings, opened, around, link=wanted[-1])
            wanted[:] = [""]
            return left

        with hosted.mended():
            return between_locks(
                lambda: vault_of_demo(folder / "laptops"), work, doorbell, name=tr("the demo"), say=say
            )


def _work(
    hosted: HostedDemo,
    persona: Persona,
    settings: LaptopSettings,
    opened: OpenedVault,
    around: Around,
    *,
    link: str,
) -> int | Behind:
    """The persona's windows over an opened vault: the exit code, or what was locked."""
    platform, clock, laptops = fleet_platform(), SystemClock(), hosted.folder / "laptops"
    connection = tr("The demo of this machine")
    store = open_laptop(laptops, persona, opened.vault, platform, clock, second_thoughts=settings.second_thoughts)
    with closing(store):
        tokens = DemoTokens(hosted.issuer, persona.provider_id, persona.role)
        left = run_desktop(
            make_application(),
            store,
            HubClient(hosted.hub_url, tokens, silence=settings.request_timeout),
            person_of(persona, platform),
            platform=platform,
            settings=replace(settings, data_dir=laptops / persona.provider_id),
            clock=clock,
            doorbell=around.doorbell,
            about=About(
                connection, hosted.hub_url, opened.where, lock=lock_words(sleep_is_told=around.sleep.available)
            ),
            link=link,
            safe=opened.vault,
            sleep=around.sleep,
        )
        if isinstance(left, Why):
            lease = store.note_time().left(dt.timedelta(hours=settings.lease_hours))
            return behind(tr("the demo"), persona.name, store.counts(), left, lease)
        return left
