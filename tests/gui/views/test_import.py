"""Importing leads in the window: four steps, nothing imported before the last, and all of it taken back at will."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.import_words import Target
from fleetdesk.commands.lead_import import OnExisting
from fleetdesk.commands.leads import CreateLead, EditLead
from fleetdesk.commands.pending import CommandDesk
from fleetdesk.errors import Unavailable
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.stages import Stage
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.availability import WhyNot
from fleetdesk.qt.look.text import isolated
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.reports.import_findings import FindingKind
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.leads.importing.past import PastImports
from fleetdesk.views.leads.importing.progress import Progress
from fleetdesk.views.leads.importing.wizard import ImportWizard, Step
from fleetdesk.views.long_acts import Far, GoesOn, LongAct
from tests.gui.views.office import Office, named, texts
from tests.real_leads import needs_real_leads, real_leads
from tests.unit.reports.books import book

FILE = """\
First name,Last name,Company,Email,Phone,Country,Status,Booth,Seller
Salem,Al Falasi,Falcon Fleet,salem@falcon.example,+971501112233,AE,Interested,B12,Omar Al Suwaidi
Chloé,Bernard,Alpes Autocars,chloe@alpes.example,12345,FR,Zebra,C3,Nobody Known
,,,,,,Won,,
Mariam,Al Zaabi,Al Zaabi Premium Cars,MARIAM@alzaabi-cars.example,,AE,New,B1,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four rows: a plain one, one with an odd phone number, one without a name, and one that is a lead already."""
    file = tmp_path / "fair.csv"
    file.write_text(FILE, "utf-8")
    return file


class Guide:
    """Leads through the wizard as a person would."""

    def __init__(self, qtbot: QtBot, office: Office) -> None:
        self._qtbot = qtbot
        self.office = office

    @property
    def wizard(self) -> ImportWizard:
        return self.office.dialog(ImportWizard)

    def open(self, path: Path) -> None:
        self.office.leads.import_file(path)
        self.rest()

    def rest(self) -> None:
        self._qtbot.waitUntil(lambda: self.office.idle() and self.wizard.columns.ready)
        QApplication.processEvents()  # what was put into a layout is shown a moment later

    def press(self, name: str) -> None:
        named(self.wizard, name, QAbstractButton).click()
        self.rest()

    def to(self, step: Step) -> None:
        while self.wizard.step < step:
            before = self.wizard.step
            self.press("Next")
            assert self.wizard.step > before, texts(self.wizard)

    def choose(self, name: str, key: str) -> None:
        box = named(self.wizard, name, ChoiceBox)
        box.set_key(key)
        box.chosen.emit(key)
        self.rest()

    def choice(self, name: str) -> str:
        return named(self.wizard, name, ChoiceBox).key

    def findings(self, kind: FindingKind) -> list[tuple[int, str, str]]:
        report = self.wizard.report
        assert report is not None
        found = (report.findings[place] for place in report.findings.matching(frozenset({kind})))
        return [(one.row, one.column, one.text) for one in found]


@pytest.fixture
def guide(qtbot: QtBot, office: Office, file: Path) -> Iterator[Guide]:
    """The wizard over the file, which has been looked into."""
    guide = Guide(qtbot, office)
    guide.open(file)
    yield guide
    for wizard in office.window.findChildren(ImportWizard):
        wizard.close()


def test_it_says_how_the_file_is_read_and_imports_nothing(guide: Guide) -> None:
    assert guide.wizard.step is Step.FILE
    assert "CSV, UTF-8, separated by commas" in texts(guide.wizard)
    assert guide.choice("The titles are in") == "1"
    assert not guide.office.store.batches()


def test_another_way_of_reading_shows_the_rows_anew(guide: Guide) -> None:
    guide.choose("Cells are separated by", ";")
    assert "CSV, UTF-8, separated by semicolons" in texts(guide.wizard)


def test_a_column_is_shown_with_samples_and_what_it_becomes(guide: Guide) -> None:
    guide.to(Step.COLUMNS)
    assert guide.choice("What “Company” becomes") == Target.COMPANY
    assert guide.choice("What “Booth” becomes") == Target.REST
    assert "B12 · C3 · B1" in texts(guide.wizard)


def test_the_words_for_stages_are_listed_once_their_column_is_known(guide: Guide) -> None:
    guide.to(Step.COLUMNS)
    assert guide.choice("Where leads in “Zebra” begin") == Stage.NEW
    guide.choose("What “Status” becomes", Target.REST)
    assert "Stages" not in texts(guide.wizard)


def test_owners_can_be_said_by_their_words(guide: Guide) -> None:
    guide.to(Step.COLUMNS)
    guide.choose("What “Seller” becomes", Target.OWNER)
    assert guide.choice("Whom “Omar Al Suwaidi” means") == "person-omar"
    guide.choose("Whom “Nobody Known” means", "person-camille")
    guide.to(Step.CHECK)
    guide.press("Import 2 leads")
    with guide.office.store.reading() as replica:
        owners = replica.exec_driver_sql("SELECT owner_id FROM sys_demo_lead WHERE last_name = 'Bernard'").scalars()
        assert list(owners) == ["person-camille"]


def owner_of(guide: Guide, last_name: str) -> str | None:
    with guide.office.store.reading() as replica:
        said = replica.exec_driver_sql("SELECT owner_id FROM sys_demo_lead WHERE last_name = ?", (last_name,))
        owner: str | None = said.scalar_one()
    return owner


def test_leads_without_an_owner_in_the_file_are_the_importers_and_the_check_says_so(guide: Guide) -> None:
    guide.to(Step.COLUMNS)
    assert guide.choice("Who gets the new leads") == guide.office.bench.person.id
    guide.to(Step.CHECK)
    name = guide.office.bench.person.name
    assert any(f"All new leads will be {isolated(name)}'s." in text for text in texts(guide.wizard))
    guide.press("Import 2 leads")
    assert owner_of(guide, "Bernard") == guide.office.bench.person.id


def test_leads_without_an_owner_in_the_file_may_be_nobodys(guide: Guide) -> None:
    guide.to(Step.COLUMNS)
    guide.choose("Who gets the new leads", "")
    guide.to(Step.CHECK)
    assert any("The new leads will be nobody's." in text for text in texts(guide.wizard))
    guide.press("Import 2 leads")
    assert owner_of(guide, "Bernard") is None


def test_the_check_counts_all_rows_and_imports_nothing(guide: Guide) -> None:
    guide.to(Step.CHECK)
    report = guide.wizard.report
    assert report is not None
    assert (report.created, report.updated, report.duplicates, report.failed) == (2, 0, 1, 1)
    assert not guide.office.store.batches()


def test_the_check_names_what_is_odd_by_row_and_column(guide: Guide) -> None:
    guide.to(Step.CHECK)
    assert [row for row, _, _ in guide.findings(FindingKind.FAILED)] == [4]
    assert (3, "Phone") in [(row, column) for row, column, _ in guide.findings(FindingKind.CHECK)]


def test_the_table_is_narrowed_by_kind_and_by_text(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    table = guide.wizard.shown_report.table
    qtbot.waitUntil(lambda: table.lines == 5)
    guide.wizard.shown_report.narrow_to(FindingKind.FAILED)
    qtbot.waitUntil(lambda: table.lines == 1)


def test_leads_that_are_there_can_be_updated(guide: Guide) -> None:
    guide.to(Step.COLUMNS)
    guide.choose("What “Booth” becomes", Target.CURRENT_SOFTWARE)
    guide.to(Step.CHECK)
    guide.choose("Leads that are there already", OnExisting.OVERWRITE)
    guide.wizard.existing.overwrite("current_software", may=True)
    guide.rest()
    assert guide.findings(FindingKind.UPDATED) == [
        (5, "", "Mariam Al Zaabi gets current software “B1” instead of “Spreadsheets”.")
    ]
    guide.press("Import 3 leads")
    assert "2 leads were imported, 1 was updated." in texts(guide.wizard)


def test_another_check_shows_what_it_found_itself(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    table = guide.wizard.shown_report.table
    qtbot.waitUntil(lambda: table.lines == 5 and table.model().index(0, 3).data() is not None)
    before = [table.model().index(row, 1).data() for row in range(table.lines)]
    guide.choose("Leads that are there already", OnExisting.CREATE)
    qtbot.waitUntil(lambda: table.model().index(table.lines - 1, 1).data() == "To be checked")
    assert before[-1] == "There already"


def test_of_two_checks_the_one_that_was_asked_for_last_is_shown(guide: Guide) -> None:
    guide.to(Step.CHECK)
    box = named(guide.wizard, "Leads that are there already", ChoiceBox)
    for choice in (OnExisting.CREATE, OnExisting.LEAVE):
        box.set_key(choice)
        box.chosen.emit(choice)
    guide.rest()
    report = guide.wizard.report
    assert report is not None
    assert (report.created, guide.wizard.existing.on_existing) == (2, OnExisting.LEAVE)


def test_overwriting_no_field_is_checked_as_what_it_is(guide: Guide) -> None:
    guide.to(Step.CHECK)
    guide.choose("Leads that are there already", OnExisting.OVERWRITE)
    assert any("has all of it" in text for _, _, text in guide.findings(FindingKind.DUPLICATE))


def test_while_leads_are_imported_nothing_else_can_be_asked(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    with occupied(guide.office.store):
        named(guide.wizard, "Import 2 leads", QAbstractButton).click()
        buttons = [named(guide.wizard, name, QAbstractButton) for name in ("Import 2 leads", "Back")]
        assert not any(part.isEnabled() for part in (guide.wizard.existing, *buttons))
    qtbot.waitUntil(lambda: guide.wizard.step is Step.DONE)


def test_the_last_step_says_what_came_in(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    guide.press("Import 2 leads")
    assert guide.wizard.step is Step.DONE
    qtbot.waitUntil(lambda: guide.office.leads.model.rowCount() == 42)
    assert guide.office.said.texts[-1] == "2 leads were imported."


def test_from_the_last_step_one_goes_to_the_leads_that_came_in(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    guide.press("Import 2 leads")
    named(guide.wizard, "Show the imported leads", QAbstractButton).click()

    qtbot.waitUntil(lambda: guide.office.leads.model.rowCount() == 2)
    assert not any(wizard.isVisible() for wizard in guide.office.window.findChildren(ImportWizard))


def test_the_chip_of_the_leads_that_came_in_says_file_and_day(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    guide.press("Import 2 leads")
    report = guide.wizard.report
    assert report is not None
    named(guide.wizard, "Show the imported leads", QAbstractButton).click()

    head = guide.office.leads.head
    day = guide.office.clock.now().astimezone()
    chip = f"Import: {isolated('fair.csv')}, {day.day} {day:%b} {day.year}"
    qtbot.waitUntil(lambda: head.filtering.bar.texts == (chip,))
    assert head.search.text() == f"import:{report.import_id}"


def test_who_works_on_meanwhile_hears_when_it_is_done_and_goes_to_its_leads(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    told: list[Alert] = []
    guide.office.bench.alerts.raised.connect(told.append)
    wizard = guide.wizard
    with occupied(guide.office.store):
        named(wizard, "Import 2 leads", QAbstractButton).click()
        named(wizard, "Work on meanwhile", QAbstractButton).click()
        assert not wizard.isVisible()

    qtbot.waitUntil(lambda: len(told) == 1)
    [alert] = told
    assert (alert.what, alert.do, alert.stays) == ("2 leads were imported.", "2 rows were left out.", True)
    guide.office.desktop.windows.follow(alert)
    qtbot.waitUntil(lambda: guide.office.leads.model.rowCount() == 2)


def test_while_an_import_goes_on_other_acts_are_undone(qtbot: QtBot, office: Office) -> None:
    act = LongAct()
    office.bench.acts.under_way.moved(act, Far("Importing", 200, 1_000, whole=True))
    assert office.bench.actions.availability("window.undo") == WhyNot("There is nothing to undo.")
    office.bench.acts.under_way.moved(act, Far("Undoing", 200, 1_000))
    assert office.bench.actions.availability("window.undo") == WhyNot("Something is still being done to many rows.")
    office.bench.acts.under_way.ended(act)


def test_who_closes_the_window_while_an_import_goes_on_reads_that_nothing_of_it_is_kept(office: Office) -> None:
    act = LongAct()
    office.bench.acts.under_way.moved(act, Far("Importing", 200, 1_000, whole=True))
    office.window.close()
    [pending] = office.said.pending
    assert "Nothing of it is kept then" in pending.question.text
    office.bench.acts.under_way.ended(act)


def test_an_import_that_goes_on_is_shown_again(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    wizard = guide.wizard
    assert guide.office.bench.actions.availability("leads.import_back") == WhyNot("No import goes on.")
    with occupied(guide.office.store):
        named(wizard, "Import 2 leads", QAbstractButton).click()
        named(wizard, "Work on meanwhile", QAbstractButton).click()
        guide.office.do("leads.import_back")
        assert wizard.isVisible()
    qtbot.waitUntil(lambda: wizard.step is Step.DONE)
    assert guide.office.said.texts[-1] == "2 leads were imported."


def test_it_is_undone_from_the_last_step(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    guide.press("Import 2 leads")
    guide.press("Undo the import")
    qtbot.waitUntil(lambda: guide.office.leads.model.rowCount() == 40)
    assert guide.office.said.texts[-1] == "2 imported leads were taken out again."


def test_it_is_undone_later_from_the_list_of_past_imports(qtbot: QtBot, guide: Guide) -> None:
    past = undone_later(qtbot, guide)
    qtbot.waitUntil(lambda: guide.office.leads.model.rowCount() == 40)
    qtbot.waitUntil(lambda: guide.office.said.texts[-1] == "2 imported leads were taken out again.")
    past.close()


def test_what_was_changed_since_an_import_is_listed_when_it_is_undone(qtbot: QtBot, guide: Guide) -> None:
    past = undone_later(qtbot, guide, website="alpes.example")
    qtbot.waitUntil(lambda: past.left.lines == 1 and past.left.model().index(0, 1).data() is not None)
    assert past.left.model().index(0, 1).data() == "Changed since: website"
    past.close()


def undone_later(qtbot: QtBot, guide: Guide, **since: str) -> PastImports:
    """Import, change one of the leads, and undo the import from the list of past ones."""
    office = guide.office
    guide.to(Step.CHECK)
    guide.press("Import 2 leads")
    guide.wizard.close()
    if since:
        with office.store.reading() as replica:
            lead_id = replica.exec_driver_sql("SELECT id FROM sys_demo_lead WHERE last_name = 'Bernard'").scalar_one()
        edits = {name: FieldEdit(None, value) for name, value in since.items()}
        office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=lead_id, edits=edits))
    office.do("leads.imports")
    past = office.dialog(PastImports)
    qtbot.waitUntil(lambda: past.table.lines == 1 and office.idle())
    past.table.reveal(0)
    named(past, "Undo this import", QAbstractButton).click()
    office.said.confirm()
    return past


def test_the_rows_left_out_are_saved_with_their_reasons(guide: Guide, tmp_path: Path) -> None:
    guide.to(Step.CHECK)
    guide.wizard.save_left_out(tmp_path / "left.csv")
    guide.rest()
    assert f"The rows left out are in {isolated('left.csv')}." in texts(guide.wizard)
    assert guide.office.said.texts == []
    assert "Why it was not imported" in (tmp_path / "left.csv").read_text("utf-8-sig")


def test_what_was_said_of_the_columns_is_there_again_with_the_next_file_like_it(guide: Guide, file: Path) -> None:
    guide.to(Step.COLUMNS)
    guide.choose("What “Booth” becomes", Target.SOURCE)
    guide.choose("Where leads in “Zebra” begin", Stage.LOST)
    guide.wizard.close()
    guide.open(file)
    guide.to(Step.COLUMNS)
    assert guide.choice("What “Booth” becomes") == Target.SOURCE
    assert guide.choice("Where leads in “Zebra” begin") == Stage.LOST


def test_what_another_fleetdesk_remembered_is_passed_over(guide: Guide) -> None:
    guide.office.bench.remembered.keep("leads.import", {"x": 5})
    guide.to(Step.COLUMNS)
    assert guide.choice("What “Company” becomes") == Target.COMPANY


def test_going_back_keeps_what_was_said(guide: Guide) -> None:
    guide.to(Step.COLUMNS)
    guide.choose("What “Booth” becomes", Target.SOURCE)
    guide.to(Step.CHECK)
    guide.press("Back")
    assert guide.choice("What “Booth” becomes") == Target.SOURCE


def test_without_a_column_that_names_leads_it_goes_no_further_and_says_why(guide: Guide) -> None:
    guide.to(Step.COLUMNS)
    for title in ("First name", "Last name", "Company", "Email", "Phone"):
        guide.choose(f"What “{title}” becomes", Target.REST)
    guide.press("Next")
    assert guide.wizard.step is Step.COLUMNS
    assert "Say which column names a person, a company, an email or a phone." in texts(guide.wizard)


def test_a_file_that_vanishes_between_two_steps_is_told_and_tried_again_with_the_mapping_kept(
    guide: Guide, file: Path
) -> None:
    guide.to(Step.COLUMNS)
    guide.choose("What “Booth” becomes", Target.SOURCE)
    file.rename(file.with_name("elsewhere.csv"))
    guide.press("Next")
    assert any(said.startswith("fair.csv cannot be read") for said in texts(guide.wizard))
    file.with_name("elsewhere.csv").rename(file)
    guide.press("Try again")
    assert guide.wizard.step is Step.CHECK
    guide.press("Back")
    assert guide.choice("What “Booth” becomes") == Target.SOURCE


def test_a_file_that_is_no_table_is_named(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00")
    guide = Guide(qtbot, office)
    guide.open(picture)
    assert "The file cannot be imported" in texts(guide.wizard)
    assert any(said.startswith("picture.csv is no table but a picture.") for said in texts(guide.wizard))
    guide.wizard.close()


def test_a_sheet_that_is_empty_is_told_and_the_one_before_stays(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    guide = Guide(qtbot, office)
    guide.open(book(tmp_path, {"Leads": [("Name",), ("Ali",)], "Empty": []}))
    guide.choose("Sheet", "Empty")
    assert any("is empty" in said for said in texts(guide.wizard))
    assert guide.choice("Sheet") == "Leads"
    guide.to(Step.CHECK)
    guide.wizard.close()


def test_of_five_hundred_columns_the_first_are_there_and_the_next_when_asked_for(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(["Name", "Owner", *(f"c{number}" for number in range(498))]) + "\nAli\n")
    guide = Guide(qtbot, office)
    guide.open(wide)
    guide.press("Next")
    assert len(guide.wizard.columns.findChildren(ChoiceBox)) == 40
    guide.press("Show 460 more")
    assert len(guide.wizard.columns.findChildren(ChoiceBox)) == 80
    guide.to(Step.CHECK)
    guide.wizard.close()


def test_names_are_shown_as_plain_text_from_either_side(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("Name,Company\n😀 محمد,<b>bold</b>\n", "utf-8")
    guide = Guide(qtbot, office)
    guide.open(odd)
    guide.to(Step.COLUMNS)
    assert {"😀 محمد", "<b>bold</b>"} <= set(texts(guide.wizard))
    assert all(label.textFormat().name == "PlainText" for label in guide.wizard.findChildren(QLabel) if label.text())
    guide.wizard.close()


def test_an_import_that_is_cancelled_imports_nothing_and_says_so(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    wizard = guide.wizard
    with occupied(guide.office.store):
        named(wizard, "Import 2 leads", QAbstractButton).click()
        wizard.reject()
        assert wizard.isVisible()

    qtbot.waitUntil(lambda: guide.office.said.texts == ["The import was cancelled. Nothing was imported."])
    qtbot.waitUntil(lambda: not guide.office.window.findChildren(ImportWizard))
    assert not guide.office.store.batches()


def test_where_it_is_too_late_to_cancel_the_wizard_stays_and_says_what_came_in(qtbot: QtBot, guide: Guide) -> None:
    guide.to(Step.CHECK)
    kept, go_on = threading.Event(), threading.Event()

    def hold_up(_changes: Changes) -> None:
        if guide.office.store.batches():
            kept.set()
            go_on.wait(30)

    end = guide.office.store.subscribe(hold_up)
    named(guide.wizard, "Import 2 leads", QAbstractButton).click()
    qtbot.waitUntil(kept.is_set)
    guide.wizard.reject()
    go_on.set()
    end()

    qtbot.waitUntil(lambda: guide.office.said.texts == ["2 leads were imported. It was too late to cancel."])
    assert guide.wizard.step is Step.DONE


@needs_real_leads
def test_a_real_file_goes_through_the_wizard_whole(qtbot: QtBot, office: Office) -> None:
    path = real_leads()
    assert path is not None
    guide = Guide(qtbot, office)
    guide.open(path)
    guide.to(Step.CHECK)
    guide.press("Import 100 leads")
    qtbot.waitUntil(lambda: office.leads.model.rowCount() == 140)
    guide.wizard.close()


@contextmanager
def occupied(store: LocalStore) -> Iterator[None]:
    """Somebody else's act is at the files: nothing can be kept meanwhile."""
    begun, done = threading.Event(), threading.Event()

    def held(_rows: int) -> str:
        begun.set()
        done.wait(30)
        raise Unavailable("It was only held.")

    def act() -> None:
        lead = CreateLead(id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values={"company": "Held"})
        with suppress(Unavailable):
            store.perform_whole("busy", [lead], sentence=held)

    thread = threading.Thread(target=act)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_an_act_whose_window_is_closed_goes_on_no_more(qtbot: QtBot, office: Office) -> None:
    owner, under_way, released = QWidget(), office.bench.acts.under_way, threading.Event()

    def work(_desk: CommandDesk, go_on: GoesOn[int]) -> None:
        go_on(1)
        released.wait(5)

    def told(act: LongAct, rows: int | None) -> None:
        under_way.moved(act, Far("Importing", rows or 0, 2, whole=True), owner=owner)

    progress = Progress(office.bench, QStackedWidget(owner), owner)
    progress.begin("Importing", work, str, lambda _nothing: None, lambda _error: None, alone=True, told=told)
    qtbot.waitUntil(lambda: under_way.far is not None)
    owner.deleteLater()
    qtbot.waitUntil(lambda: under_way.far is None)
    released.set()
    qtbot.waitUntil(office.idle)
