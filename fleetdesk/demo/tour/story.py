"""The tour's story: a salesperson's day with a tunnel in it, and a colleague who changes the same field.

Every step works through the real window's own objects; what came of it is asked of the hosted database in plain SQL.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypedDict

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fleetdesk.app import OpenDesktop, open_desktop
from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.leads import EditLead, LogActivity, MoveLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.demo.dataset import PERSONAS, Persona
from fleetdesk.demo.hosted import HostedDemo
from fleetdesk.demo.laptops import open_laptop, person_of
from fleetdesk.demo.proxy import CuttableProxy
from fleetdesk.demo.registering import registered
from fleetdesk.demo.tour.camera import Camera, wait_until
from fleetdesk.demo.tour.checks import Expected, check_hosted
from fleetdesk.demo.tour.colleague import Errand, send
from fleetdesk.demo.tour.keyboard import type_text
from fleetdesk.errors import Unavailable
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.stages import Stage
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import VerdictKind
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.queries.leads import LeadQuery, lead_keys, lead_page
from fleetdesk.reports.lead_import import run_import
from fleetdesk.settings import LaptopSettings
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.signin.device import new_seed
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.shell.window import MainWindow

__all__ = ["TourReport", "run_tour"]

_SIZE = (1440, 900)
_NOTE = "Called from the train: wants a demo on Tuesday, with the dispatch screen first."
_MINE = "Dispatch Pro 4"
_THEIRS = "An old spreadsheet"
_SHOWN = (
    ("window.shortcuts", "shortcuts"),
    ("window.palette", "palette"),
    ("leads.new", "new-lead"),
    ("leads.edit", "edit-lead"),
    ("leads.lose", "lose-lead"),
)


@dataclass
class TourReport:
    """What the tour did, how long each step took (seconds), its pictures and its checks."""

    held: bool = False
    steps: dict[str, float] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)
    checks: list[dict[str, object]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    def as_plain(self) -> dict[str, object]:
        """The report for JSON."""
        return asdict(self)


def run_tour(pictures: Path, work: Path, file: Path, say: Callable[[str], None]) -> TourReport:
    """Take the tour with fresh data under `work`; pictures go to `pictures`, `file` is imported.

    Raises Unavailable where something that must come to pass did not.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    report = TourReport()
    with _timed(report, "the hosted side starts"):
        hosted = HostedDemo(work, say=say)
        hosted.start()
    try:
        with CuttableProxy("127.0.0.1", int(hosted.hub_url.rsplit(":", 1)[1])) as proxy:
            story = _Story(app, hosted, proxy, pictures, file, report, say)
            try:
                story.tell()
            finally:
                story.close()
    finally:
        hosted.stop()
    report.held = all(bool(check["held"]) for check in report.checks)
    return report


class _Envelope(TypedDict):
    """What every command is made with."""

    id: str
    issued_at: dt.datetime


@dataclass
class _Story:
    app: QApplication
    hosted: HostedDemo
    proxy: CuttableProxy
    pictures: Path
    file: Path
    report: TourReport
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        self.me = _persona(Role.COMMERCIAL)
        self.colleague = _persona(Role.SUPER_ADMIN)
        self._clock = SystemClock()
        self._platform = fleet_platform()
        self._store: LocalStore | None = None
        self._opened: OpenDesktop | None = None
        self._commands: list[Command] = []

    def tell(self) -> None:
        """The whole day."""
        self._open_the_window()
        camera = Camera(self.pictures, self._theme)
        with self._step("the first load"):
            wait_until("the first rows", lambda: self._status is SyncState.LOADING or self._is_live)
            camera.take("loading", self._window)
            wait_until("the first load", lambda: self._is_live, 120)
        lead = self._a_contacted_lead()
        self._rest()
        camera.take("home", self._window)
        self._window.show_screen("leads")
        self._rest()
        camera.take("leads", self._window)
        self._look_around(camera, lead)
        with self._step("the tunnel begins"):
            self.proxy.cut()
            wait_until("being offline", lambda: self._status is SyncState.OFFLINE)
        with self._step("work without a network"):
            self._work_offline(lead)
        camera.take("offline-lead", self._window)
        camera.draw(self.pictures / "fleetdesk.svg", self._window)
        with self._step("an import without a network"):
            imported = self._import(camera)
        self._window.drawer.toggle()
        camera.take("waiting-changes", self._window)
        self._window.drawer.toggle()
        with self._step("a colleague changes the same field"):
            self._send_colleague(lead)
        with self._step("coming back"):
            self.proxy.restore()
            wait_until("everything sent", lambda: self._is_live and not self._desk.counts().waiting, 120)
            wait_until("the conflict", lambda: self._desk.counts().inbox == 1)
        self._resolve(camera)
        camera.take("all-settled", self._window)
        self._check(lead, imported)
        self.report.pictures = camera.pictures

    def close(self) -> None:
        """Close the window and the laptop."""
        if self._opened is not None:
            self._opened.close()
        if self._store is not None:
            self._store.close()

    # --- the steps ---

    def _open_the_window(self) -> None:
        settings = LaptopSettings(data_dir=self.hosted.folder / "tour")
        settings.data_dir.mkdir(exist_ok=True)
        self._store = open_laptop(settings.data_dir, self.me, MemoryVault(), self._platform, self._clock)
        token = self.hosted.issuer.token(self.me.provider_id, self.me.role)
        signer = self._registered(self.me, new_seed())
        client = HubClient(f"http://127.0.0.1:{self.proxy.port}", StaticTokens(token), signer=signer)
        self._opened = open_desktop(
            self.app,
            self._store,
            client,
            person_of(self.me, self._platform),
            platform=self._platform,
            settings=settings,
            clock=self._clock,
        )
        self._window.resize(*_SIZE)

    def _look_around(self, camera: Camera, lead: LeadDetail) -> None:
        search = self._window.findChildren(SearchField)[0]
        with self._step("a search as one types"):
            type_text(search, (lead.company or "taxi").split()[0])
            self._rest()
        camera.take("search", self._window)
        search.clear_now()
        type_text(search, "nobody of that name")
        self._rest()
        camera.take("nothing-found", self._window)
        search.clear_now()
        self._window.open_record(Lead.key_of(lead.id))
        self._rest()
        camera.take("lead", self._window)
        for action, name in _SHOWN:
            self._show(camera, action, name)

    def _show(self, camera: Camera, action: str, name: str) -> None:
        """Take a picture of what an action opens, and close it again."""
        self._opened_desktop.desktop.bench.actions.trigger(action)
        self._rest()
        opened = self.app.activeModalWidget() or self.app.activePopupWidget() or self._window
        camera.take(name, opened)
        QTest.keyClick(opened, Qt.Key.Key_Escape)
        self._rest()

    def _work_offline(self, lead: LeadDetail) -> None:
        # Each rests on what the person sees; the colleague will have changed the first field meanwhile.
        self._perform(
            self._edit(lead, "current_software", _MINE),
            self._edit(lead, "fleet_size", (lead.fleet_size or 0) + 3),
            LogActivity(
                **self._new(),
                lead_id=lead.id,
                activity_id=new_id(),
                kind=ActivityKind.CALL,
                body=_NOTE,
                happened_at=self._clock.now(),
            ),
            MoveLead(**self._new(), lead_id=lead.id, base=Stage.CONTACTED, to=Stage.QUALIFIED, activity_id=new_id()),
        )
        self._rest()

    def _import(self, camera: Camera) -> tuple[str, int]:
        with self._desk.reading() as connection:
            imported = run_import(self.file, self._desk, connection, clock=self._clock)
        self.report.figures["import"] = imported.counts
        self._rest()
        return imported.import_id, imported.created

    def _send_colleague(self, lead: LeadDetail) -> None:
        folder = self.hosted.folder / "colleague"
        folder.mkdir(exist_ok=True)
        device = new_seed()
        self._registered(self.colleague, device)
        answer = send(
            Errand(
                folder=str(folder),
                hub_url=self.hosted.hub_url,
                token=self.hosted.issuer.token(self.colleague.provider_id, self.colleague.role),
                device=device.hex(),
                person_id=self.colleague.person_id,
                role=self.colleague.role,
                lead_id=lead.id,
                field="current_software",
                value=_THEIRS,
            )
        )
        self.report.figures["colleague"] = answer

    def _resolve(self, camera: Camera) -> None:
        self._window.show_screen("inbox")
        self._rest()
        camera.take("inbox-conflict", self._window)
        actions = self._opened_desktop.desktop.bench.actions
        with self._step("the conflict, decided in the Inbox"):
            actions.trigger("inbox.mine")
            self._rest()
            actions.trigger("inbox.apply")
            wait_until("an empty Inbox", lambda: self._desk.counts().inbox == 0)
            wait_until("the verdict", lambda: self._is_live and not self._desk.counts().waiting)
        self._rest()
        camera.take("inbox-empty", self._window)
        self._window.show_screen("leads")
        self._rest()

    def _check(self, lead: LeadDetail, imported: tuple[str, int]) -> None:
        with self._step("the hosted rows, in plain SQL"):
            expected = Expected(
                lead_id=lead.id,
                fields={
                    "current_software": _MINE,
                    "fleet_size": (lead.fleet_size or 0) + 3,
                    "status": Stage.QUALIFIED.value,
                },
                note=_NOTE,
                import_id=imported[0],
                imported=imported[1],
                commands=tuple(command.id for command in self._commands),
            )
            checks = check_hosted(self.hosted.database.owner.url, expected)
        self.report.checks = [{**asdict(check), "held": check.held} for check in checks]

    # --- how ---

    def _registered(self, persona: Persona, seed: bytes) -> DeviceSigner:
        """What signs for a laptop of theirs, which the hub knows now."""
        hosted = self.hosted
        return registered(hosted.hub_url, hosted.issuer, persona.provider_id, persona.role, DeviceKey(seed))

    def _a_contacted_lead(self) -> LeadDetail:
        """The first contacted lead that has all that a qualified one needs."""
        contacted = EVERYTHING.asking("status", AnyOf((Stage.CONTACTED,)))
        with self._desk.reading() as connection:
            keys = lead_keys(connection, LeadQuery(contacted), NO_ONE)
            for row in lead_page(connection, keys[:200]).values():
                lead = lead_detail(connection, row.id)
                if lead and lead.company and lead.country and lead.fleet_size and lead.email and lead.activity_count:
                    return lead
        raise Unavailable("The data set has no contacted lead that could be qualified.")

    def _edit(self, lead: LeadDetail, name: str, value: str | int) -> EditLead:
        return EditLead(**self._new(), lead_id=lead.id, edits={name: FieldEdit(base=getattr(lead, name), new=value)})

    def _perform(self, *commands: Command) -> None:
        for verdict in self._desk.perform(*commands):
            if verdict.kind is not VerdictKind.APPLIED:
                raise Unavailable(f"The laptop refused an act of the tour: {verdict.reason}")
        self._commands += commands

    def _new(self) -> _Envelope:
        return {"id": new_id(), "issued_at": self._clock.now()}

    def _rest(self) -> None:
        until = time.monotonic() + 0.5
        wait_until("the window to come to rest", lambda: time.monotonic() >= until)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self.say(f"{name} …")
        with _timed(self.report, name):
            yield

    @property
    def _desk(self) -> LocalStore:
        assert self._store is not None
        return self._store

    @property
    def _opened_desktop(self) -> OpenDesktop:
        assert self._opened is not None
        return self._opened

    @property
    def _window(self) -> MainWindow:
        return self._opened_desktop.desktop.window

    @property
    def _theme(self) -> Theme:
        return self._opened_desktop.desktop.bench.theme

    @property
    def _status(self) -> SyncState:
        return self._opened_desktop.desktop.bench.status.status.state

    @property
    def _is_live(self) -> bool:
        return self._status is SyncState.LIVE


def _persona(role: Role) -> Persona:
    return next(persona for persona in PERSONAS if persona.role is role)


@contextmanager
def _timed(report: TourReport, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    report.steps[name] = round(time.monotonic() - began, 3)
