"""What the command line does with the demo: the window or the tour, an import, the doctor."""

from __future__ import annotations

import asyncio
import importlib.resources
import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.demo.dataset import PERSONAS, Persona
from fleetdesk.demo.hosted import HostedDemo
from fleetdesk.demo.laptops import device_of, open_laptop, vault_of_demo
from fleetdesk.demo.link_handler import handle_links
from fleetdesk.demo.registering import registered
from fleetdesk.errors import BadFile, FleetDeskError, Invalid, Unavailable
from fleetdesk.models.diagnosis import render
from fleetdesk.models.ids import SystemClock
from fleetdesk.process.collecting import no_collection
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.lead_export import keys_of_query
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import LeadQuery
from fleetdesk.queries.links import SCHEME, parse_link
from fleetdesk.reports.import_options import AS_IT_IS, ImportOptions, choices_from
from fleetdesk.reports.import_report import render as render_import
from fleetdesk.reports.lead_export import ExportProgress, export_leads
from fleetdesk.reports.lead_import import ImportProgress, run_import
from fleetdesk.settings import LaptopSettings, laptop_settings
from fleetdesk.sync.doctor import diagnose, to_json
from fleetdesk.sync.files.folder import demand_free
from fleetdesk.sync.files.vault import Vault
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.terminal import has_display, passphrase_of_files, say

__all__ = ["diagnose_laptop", "export_to", "follow", "import_leads", "run", "take_links"]

_INTERRUPTED = 130
_LINE_ANEW = "\r\033[K"
_PICTURES = Path("demo-pictures")


def run(*, tour: Path | None, file: Path | None, reset: bool) -> int:
    """`fleetdesk demo`: the exit status."""
    settings = laptop_settings()
    folder = _folder(settings)
    if reset:
        HostedDemo(folder).reset()
        if os.environ.get("FLEETDESK_DATABASE_URL"):
            say("The local copies are gone. The database that FLEETDESK_DATABASE_URL names was left as it is.")
        else:
            say("The demo begins anew with the next start.")
        return 0
    if tour is None and not has_display():
        say(f"There is no display here, so the demo takes its tour alone. Its pictures go to {_PICTURES}/.")
        tour = _PICTURES
    if tour is not None:
        return _take_tour(tour, file)
    return _open_window(folder, settings)


def follow(link: str) -> int:
    """`fleetdesk open`: follows a link in the running FleetDesk, or starts it. Raises Invalid, Unavailable."""
    from fleetdesk.views.catalog import screens

    if link:
        parse_link(link, {screen.id for screen in screens()})
    settings = laptop_settings()
    if not has_display():
        raise Unavailable("There is no display here to show a window on.", do="Open the link where you see windows.")
    return _open_window(_folder(settings), settings, link)


def take_links() -> int:
    """`fleetdesk open --handler`: other programs hand links to this FleetDesk from now on."""
    say(f"Links that begin with {SCHEME}:// are opened by FleetDesk now: {handle_links()} says so.")
    return 0


def _open_window(folder: Path, settings: LaptopSettings, link: str = "") -> int:
    """Open the window, unless one is there that hears of it."""
    # Late, with all of Qt: the command line does without.
    with no_collection():
        from fleetdesk.demo.window import run_demo
        from fleetdesk.qt.doorbell import ring

    if folder.exists() and ring(folder, link):
        say("FleetDesk is running already; its window was brought forward.")
        return 0
    return run_demo(folder, settings, say, link=link)


def import_leads(
    file: Path, *, person: str, dry_run: bool, failures: Path | None, options: ImportOptions = AS_IT_IS
) -> int:
    """`fleetdesk leads import`: 0 if every row went in (or would), 1 if some failed or the file broke off.

    Ctrl+C ends it with nothing imported, and 130 as other programs give; only in the last moment, when all leads are
    there and it begins to count, it is too late.
    """
    settings = laptop_settings()
    if not file.is_file():
        if file.is_dir():
            raise BadFile(f"{file} is a folder.", do="Name a CSV or XLSX file in it.")
        raise BadFile(f"There is no file {file}.", do="Check the name.")
    choices, persona = choices_from(file, options), _persona(person)
    with closing(_open(settings, persona)) as store, store.reading() as connection, _Watch() as watch:
        me = _me(store, persona)
        try:
            _take_out_what_was_cut_off(store, watch)
            report = run_import(
                file,
                store,
                connection,
                clock=SystemClock(),
                choices=replace(choices, owner=options.owner_for(me)),
                dry_run=dry_run,
                failures=failures,
                say=watch.say,
            )
        except KeyboardInterrupt:
            say("Cancelled. Nothing was imported.")
            return _INTERRUPTED
    if watch.cancelled:
        say("It was too late to cancel.")
    sys.stdout.write(render_import(report))
    return 1 if report.failed or report.stopped else 0


def _me(store: LocalStore, persona: Persona) -> str:
    """The person's id, as the hub told it, or as the demo's data has it before a first contact."""
    return persona.person_id if store.person is None else store.person.id


def _take_out_what_was_cut_off(store: LocalStore, watch: _Watch) -> None:
    """An import that a crash ended is not half done when another begins. Raises KeyboardInterrupt after a Ctrl+C."""

    def go_on(_rows: int) -> bool:
        if watch.cancelled:
            raise KeyboardInterrupt
        return True

    for cut in store.cut_off():
        if cut.whole:
            say(f"An earlier import did not come to its end. Its {cut.rows:,} leads are taken out first.")
            store.take_back(cut.batch_id, go_on=go_on)


def export_to(file: Path, *, person: str, query: str) -> int:
    """`fleetdesk leads export`: 0 if the file is written; Ctrl+C leaves none, and gives 130."""
    parsed = parse(LEAD_FIELDS, query)
    if parsed.problems:
        raise Invalid("query", parsed.problems[0].what, do="Write the query as in the search field.")
    persona = _persona(person)
    with closing(_open(laptop_settings(), persona)) as store, store.reading() as connection, _Watch() as watch:
        me = _me(store, persona)
        viewpoint = Viewpoint(me, SystemClock().now())
        try:
            keys = keys_of_query(connection, LeadQuery(parsed.filter), viewpoint)
            leads = export_leads(connection, keys, file, say=watch.say)
        except KeyboardInterrupt:
            say("Cancelled. No file was written.")
            return _INTERRUPTED
    sys.stdout.write(f"{leads:,} {'lead is' if leads == 1 else 'leads are'} in {file}.\n")
    return 0


def diagnose_laptop(*, person: str, as_json: bool) -> int:
    """`fleetdesk doctor`: starts the demo's hosted side if it does not run, compares, stops it; the exit status."""
    settings, persona, platform = laptop_settings(), _persona(person), fleet_platform()
    with ExitStack() as stack:
        store: LocalStore | FleetDeskError
        client: HubClient | FleetDeskError
        vault: Vault | None = None
        try:
            hosted = stack.enter_context(HostedDemo(_folder(settings), say=say))
            token = hosted.issuer.token(persona.provider_id, persona.role)
            vault = _vault(settings, persona)
            signer = registered(
                hosted.hub_url, hosted.issuer, persona.provider_id, persona.role, device_of(persona, vault)
            )
            client = HubClient(hosted.hub_url, StaticTokens(token), signer=signer)
        except Unavailable as error:
            client = error
        try:
            store = stack.enter_context(closing(_open(settings, persona, vault)))
        except FleetDeskError as error:
            store = error
        report = asyncio.run(diagnose(store, client, schema_version=platform.schema.version, clock=SystemClock()))
    sys.stdout.write(to_json(report) + "\n" if as_json else render(report))
    return report.exit_status


class _Watch:
    """Tells a terminal how far something is; Ctrl+C ends it at the next word, where nothing is left half done."""

    def __init__(self) -> None:
        self.cancelled = False
        self._told = sys.stderr.isatty()

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._cancel)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)
        self._write("")

    def say(self, progress: ImportProgress | ExportProgress) -> None:
        """Say how far it is. Raises KeyboardInterrupt if that was asked for."""
        if self.cancelled:
            self._write("")
            raise KeyboardInterrupt
        self._write(f"{progress}… ")

    def _write(self, text: str) -> None:
        if self._told:
            sys.stderr.write(_LINE_ANEW + text)
            sys.stderr.flush()

    def _cancel(self, _number: int, _frame: FrameType | None) -> None:
        self.cancelled = True


def _take_tour(pictures: Path, file: Path | None) -> int:
    from fleetdesk.demo.tour.story import run_tour

    example = importlib.resources.files("fleetdesk.demo.tour") / "trade-fair-leads.csv"
    with tempfile.TemporaryDirectory(prefix="fleetdesk-tour-") as work, importlib.resources.as_file(example) as shipped:
        report = run_tour(pictures, Path(work), file or shipped, say)
    sys.stdout.write(json.dumps(report.as_plain(), indent=2, ensure_ascii=False, default=str) + "\n")
    return 0 if report.held else 1


def _open(settings: LaptopSettings, persona: Persona, vault: Vault | None = None) -> LocalStore:
    laptops = _laptops(settings)
    return open_laptop(laptops, persona, vault or _vault(settings, persona), fleet_platform(), SystemClock())


def _vault(settings: LaptopSettings, persona: Persona) -> Vault:
    demand_free(_laptops(settings) / persona.provider_id)
    locked = vault_of_demo(_laptops(settings))
    return locked.unlock(passphrase_of_files(locked.wanted)).vault


def _laptops(settings: LaptopSettings) -> Path:
    return _folder(settings) / "laptops"


def _folder(settings: LaptopSettings) -> Path:
    return settings.data_dir / "demo"


def _persona(email: str) -> Persona:
    for persona in PERSONAS:
        if not email or persona.email == email:
            return persona
    known = ", ".join(persona.email for persona in PERSONAS)
    raise Invalid("person", f"The demo has nobody with the email {email}.", do=f"Choose one of {known}.")
