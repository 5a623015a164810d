"""The demo with its window: the hosted side is started, a person chosen, the desktop opened; closing it stops all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fleetdesk.app import make_application, run_desktop
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.demo.dataset import PERSONAS, Persona
from fleetdesk.demo.hosted import HostedDemo
from fleetdesk.demo.issuer import DemoTokens
from fleetdesk.demo.laptops import device_of, name_of, open_laptop, person_of, vault_of_demo
from fleetdesk.demo.persona import choose_persona
from fleetdesk.demo.registering import registered
from fleetdesk.errors import DeviceRevoked
from fleetdesk.models.ids import Clock, SystemClock
from fleetdesk.models.local_copy import About
from fleetdesk.models.locking import Why
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.unlocking import Behind
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.engine.handing_in import HandedOver, give_up
from fleetdesk.sync.files.condemned import Condemned, Stage, sweep
from fleetdesk.sync.files.vault import OpenedVault
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.team.lock_loop import Around, between_locks
from fleetdesk.team.revoked import RevokedDialog, give_up_laptop
from fleetdesk.team.revoked_watch import RevokedWatch
from fleetdesk.team.window_guard import WindowGuard
from fleetdesk.team.words import behind, lock_words, locked_before

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
            guard = WindowGuard(around.sleep)
            own = _Own(hosted, folder / "laptops", persona, opened, fleet_platform(), clock, settings)
            while True:
                signer = own.registered()
                if signer is not None:
                    left = _work(own, signer, around, link=wanted[-1])
                    wanted[:] = [""]
                    if left is not None:
                        return left
                elif not give_up_laptop(own.give_up, partial(_attend, doorbell, guard)):
                    return 0 if guard.why is None else locked_before(tr("the demo"), guard.why)

        sweep(folder / "laptops")
        with hosted.mended():
            return between_locks(
                lambda: vault_of_demo(folder / "laptops"), work, doorbell, name=tr("the demo"), say=say
            )


def _attend(doorbell: Doorbell, guard: WindowGuard, dialog: RevokedDialog) -> None:
    doorbell.rung.connect(dialog.come_forward)
    guard.attend(dialog)


@dataclass(frozen=True)
class _Own:
    """What one persona has on this machine."""

    hosted: HostedDemo
    laptops: Path
    persona: Persona
    opened: OpenedVault
    platform: Platform
    clock: Clock
    settings: LaptopSettings

    @property
    def condemned(self) -> Condemned:
        """The folder of their files."""
        return Condemned(self.laptops / self.persona.provider_id)

    def registered(self) -> DeviceSigner | None:
        """What signs for their laptop, which the hub knows now; None if it was revoked, and is to be given up."""
        hosted, persona = self.hosted, self.persona
        if self.condemned.stage is None:
            try:
                return registered(
                    hosted.hub_url,
                    hosted.issuer,
                    persona.provider_id,
                    persona.role,
                    device_of(persona, self.opened.vault),
                )
            except DeviceRevoked:
                self.open_store().close()  # there may be no folder yet
                self.condemned.note(Stage.TOLD)
        return None

    def open_store(self) -> LocalStore:
        """Their files."""
        return open_laptop(
            self.laptops,
            self.persona,
            self.opened.vault,
            self.platform,
            self.clock,
            second_thoughts=self.settings.second_thoughts,
        )

    async def give_up(self) -> HandedOver:
        """Hand in what waits, then destroy all of it; what became of the edits."""
        key = device_of(self.persona, self.opened.vault)
        client = HubClient(self.hosted.hub_url, StaticTokens(""), signer=DeviceSigner(lambda: key))
        own = name_of(self.persona)
        return await give_up(
            self.condemned, self.open_store, client, lambda: self.condemned.destroy(self.opened.vault, own)
        )


def _work(own: _Own, signer: DeviceSigner, around: Around, *, link: str) -> int | Behind | None:
    """The persona's windows: the exit code, or what was locked, or None if their laptop was revoked meanwhile."""
    hosted, persona, settings = own.hosted, own.persona, own.settings
    watches: list[RevokedWatch] = []
    with closing(own.open_store()) as store:
        tokens = DemoTokens(hosted.issuer, persona.provider_id, persona.role)
        left = run_desktop(
            make_application(),
            store,
            HubClient(hosted.hub_url, tokens, silence=settings.request_timeout, signer=signer),
            person_of(persona, own.platform),
            platform=own.platform,
            settings=replace(settings, data_dir=own.laptops / persona.provider_id),
            clock=own.clock,
            doorbell=around.doorbell,
            about=About(
                tr("The demo of this machine"),
                hosted.hub_url,
                own.opened.where,
                lock=lock_words(sleep_is_told=around.sleep.available),
            ),
            link=link,
            beside=lambda desktop: watches.append(RevokedWatch(desktop)),
            safe=own.opened.vault,
            sleep=around.sleep,
        )
        if any(watch.revoked for watch in watches):
            own.condemned.note(Stage.TOLD)
            return None
        if isinstance(left, Why):
            lease = store.note_time().left(dt.timedelta(hours=settings.lease_hours))
            return behind(tr("the demo"), persona.name, store.counts(), left, lease)
        return left
