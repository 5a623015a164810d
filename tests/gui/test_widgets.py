"""The widgets: worked by keyboard, saying what they are, showing data as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fleetdesk.qt.availability import ENABLED, WhyNot
from fleetdesk.qt.look.text import tooltip_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.widgets.banner import Banner
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.composer import Composer, ComposerKind, Draft
from fleetdesk.qt.widgets.drawer import Drawer
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.filter_bar import Choices, Facet, FilterBar, Option
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.qt.widgets.stage_stepper import Stage, StageStepper
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.qt.widgets.three_way_field import Side, ThreeWay, ThreeWayField
from fleetdesk.qt.widgets.timeline import Timeline, TimelineEntry

Show = Callable[[QWidget], None]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Show a widget as a window of its own, with the keyboard in it."""

    def show(widget: QWidget) -> None:
        qtbot.addWidget(widget)
        widget.resize(700, 500)
        widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)

    return show


# Stages

STAGES = (
    Stage("new", "New", Tone.INFO),
    Stage("contacted", "Contacted", Tone.ACTIVE),
    Stage("qualified", "Qualified", Tone.NOTABLE),
    Stage("lost", "Lost", Tone.DANGER, aside=True),
)
MISSING = WhyNot("The fleet size is missing.")


@pytest.fixture
def stepper(theme: Theme, show: Show) -> StageStepper:
    stepper = StageStepper(theme, "Stage of the lead")
    stepper.show_stages(STAGES, "contacted", {"new": WhyNot("No going back."), "qualified": MISSING})
    show(stepper)
    return stepper


def stage(stepper: StageStepper, text: str) -> QAbstractButton:
    return next(b for b in stepper.findChildren(QAbstractButton) if b.text() == text and not b.isHidden())


def hint(stepper: StageStepper) -> str:
    return stepper.findChildren(QLabel)[0].text()


def test_a_stage_says_what_stands_in_its_way_while_it_has_the_keyboard(qtbot: QtBot, stepper: StageStepper) -> None:
    stage(stepper, "Contacted").setFocus()

    qtbot.keyClick(stage(stepper, "Contacted"), Qt.Key.Key_Right)

    assert stage(stepper, "Qualified").hasFocus()
    assert hint(stepper) == "The fleet size is missing."


def test_a_stage_says_the_same_to_a_screen_reader(stepper: StageStepper) -> None:
    assert stage(stepper, "Contacted").accessibleName() == "Contacted, current stage"
    assert stage(stepper, "Qualified").accessibleName() == "Qualified, not possible now: The fleet size is missing."
    assert stage(stepper, "Lost").accessibleName() == "Move to Lost"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_possible_stage_is_chosen_by_keyboard(qtbot: QtBot, stepper: StageStepper, key: Qt.Key) -> None:
    with qtbot.waitSignal(stepper.chosen) as chosen:
        qtbot.keyClick(stage(stepper, "Lost"), key)

    assert chosen.args == ["lost"]


def test_an_impossible_stage_is_refused_with_the_reason(qtbot: QtBot, stepper: StageStepper) -> None:
    with qtbot.assertNotEmitted(stepper.chosen), qtbot.waitSignal(stepper.refused) as refused:
        stage(stepper, "Qualified").click()

    assert refused.args == ["The fleet size is missing."]


def test_the_current_stage_asks_for_nothing(qtbot: QtBot, stepper: StageStepper) -> None:
    with qtbot.assertNotEmitted(stepper.chosen):
        stage(stepper, "Contacted").click()


def test_tab_goes_past_the_stages_in_one_step(stepper: StageStepper) -> None:
    reached_by_tab = [
        button.text()
        for button in stepper.findChildren(QAbstractButton)
        if button.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]

    assert reached_by_tab == ["Contacted"]


def test_the_keyboard_stays_in_the_stages_when_the_record_moves(stepper: StageStepper) -> None:
    stage(stepper, "Contacted").setFocus()

    stepper.show_stages(STAGES, "qualified", {})

    assert stage(stepper, "Contacted").hasFocus()


# Composer

KINDS = (
    ComposerKind("note", "Note", "note-pencil", "Write a note", "Add note"),
    ComposerKind("call", "Call", "phone", "What came of the call?", "Log call"),
)


@pytest.fixture
def composer(theme: Theme, show: Show) -> Composer:
    composer = Composer(KINDS, theme, "New entry")
    show(composer)
    composer.compose("note")
    return composer


def editor(composer: Composer) -> QPlainTextEdit:
    return composer.findChildren(QPlainTextEdit)[0]


def send_button(composer: Composer) -> QPushButton:
    return composer.findChildren(QPushButton)[0]


def test_control_enter_sends_what_is_written(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "He wants prices")

    with qtbot.waitSignal(composer.sent) as sent:
        qtbot.keyClick(editor(composer), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert sent.args == [Draft("note", "He wants prices")]


def test_what_was_sent_stays_until_it_is_kept_elsewhere(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "He wants prices")
    composer.send()

    assert composer.draft.text == "He wants prices"


def test_nothing_but_blanks_is_not_sent(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "   ")

    with qtbot.assertNotEmitted(composer.sent):
        composer.send()


def test_enter_alone_begins_a_line(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "one")
    qtbot.keyClick(editor(composer), Qt.Key.Key_Return)
    qtbot.keyClicks(editor(composer), "two")

    assert composer.draft.text == "one\ntwo"


def test_a_draft_is_told_a_moment_after_the_last_key(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.waitSignal(composer.draft_changed) as told:
        qtbot.keyClicks(editor(composer), "He wants")

    assert told.args == [Draft("note", "He wants")]


def test_a_restored_draft_is_shown_and_not_told_again(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.assertNotEmitted(composer.draft_changed, wait=350):
        composer.set_draft(Draft("call", "Called"))

    assert composer.draft == Draft("call", "Called")
    assert send_button(composer).text() == "Log call"


def test_a_draft_of_a_kind_that_no_longer_exists_keeps_its_text(composer: Composer) -> None:
    composer.set_draft(Draft("fax", "Faxed"))

    assert composer.draft == Draft("note", "Faxed")


def test_the_reason_why_nothing_can_be_sent_stands_beside_the_button(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "He wants prices")

    composer.set_available(WhyNot("Support reads leads; sales write."))

    assert not send_button(composer).isEnabled()
    assert "Support reads leads; sales write." in [label.text() for label in composer.findChildren(QLabel)]


def test_the_field_grows_with_its_text(qtbot: QtBot, composer: Composer) -> None:
    before = editor(composer).height()

    editor(composer).setPlainText("\n".join(str(number) for number in range(6)))

    assert editor(composer).height() > before


def test_details_show_for_their_kind_alone(composer: Composer) -> None:
    when = QLineEdit()
    composer.add_details("call", when)
    hidden_for_note = when.isHidden()

    composer.compose("call")

    assert (hidden_for_note, when.isHidden()) == (True, False)


# Search


@pytest.fixture
def search(theme: Theme, show: Show) -> SearchField:
    search = SearchField(theme, "Search leads")
    show(search)
    search.setFocus()
    return search


def test_a_fast_typist_searches_once(qtbot: QtBot, search: SearchField) -> None:
    heard: list[str] = []
    search.searched.connect(heard.append)

    qtbot.keyClicks(search, "omar")
    qtbot.waitUntil(lambda: bool(heard))

    assert heard == ["omar"]


def test_enter_searches_at_once(qtbot: QtBot, search: SearchField) -> None:
    heard: list[str] = []
    search.searched.connect(heard.append)

    qtbot.keyClicks(search, "omar")
    qtbot.keyClick(search, Qt.Key.Key_Return)

    assert heard == ["omar"]


def test_escape_empties_the_search_at_once(qtbot: QtBot, search: SearchField) -> None:
    search.set_text_quietly("omar")

    with qtbot.waitSignal(search.searched) as searched:
        qtbot.keyClick(search, Qt.Key.Key_Escape)

    assert (searched.args, search.text()) == ([""], "")


def test_the_same_text_is_not_searched_again(qtbot: QtBot, search: SearchField) -> None:
    search.set_text_quietly("omar")

    with qtbot.assertNotEmitted(search.searched, wait=80):
        qtbot.keyClick(search, Qt.Key.Key_Return)


def test_down_goes_on_to_what_was_found(qtbot: QtBot, search: SearchField) -> None:
    with qtbot.waitSignal(search.left_down):
        qtbot.keyClick(search, Qt.Key.Key_Down)


# Filters

FACETS: Sequence[Facet] = (
    Facet("status", "Status", [Option("new", "New"), Option("lost", "Lost"), Option("won", "R&D <won>")]),
    Facet("owner", "Owner", [Option("me", "Me"), Option("none", "Nobody")], exclusive=True),
)


@pytest.fixture
def filters(theme: Theme, show: Show) -> FilterBar:
    filters = FilterBar(FACETS, theme, "Filters")
    show(filters)
    return filters


def facet(filters: FilterBar, number: int) -> QToolButton:
    return filters.findChildren(QToolButton)[number]


def tick(filters: FilterBar, number: int, option: int) -> None:
    facet(filters, number).menu().actions()[option].trigger()


def test_ticked_options_are_told_together(filters: FilterBar) -> None:
    heard: list[Choices] = []
    filters.changed.connect(heard.append)

    tick(filters, 0, 0)
    tick(filters, 0, 1)
    tick(filters, 1, 0)

    assert heard[-1] == {"status": frozenset({"new", "lost"}), "owner": frozenset({"me"})}


def test_of_an_exclusive_facet_one_option_is_chosen(filters: FilterBar) -> None:
    tick(filters, 1, 0)
    tick(filters, 1, 1)

    assert filters.choices == {"owner": frozenset({"none"})}


def test_a_button_says_what_is_chosen(filters: FilterBar) -> None:
    filters.set_choices({"status": frozenset({"new", "won"})})

    assert facet(filters, 0).text() == "Status: New, R&&D <won>"
    assert facet(filters, 0).accessibleName() == "Filter by Status: New, R&D <won>"


def test_choices_that_no_longer_exist_are_left_out(filters: FilterBar) -> None:
    filters.set_choices({"status": frozenset({"new", "gone"}), "removed": frozenset({"x"})})

    assert filters.choices == {"status": frozenset({"new"})}


def test_other_options_keep_what_was_chosen(filters: FilterBar) -> None:
    filters.set_choices({"status": frozenset({"new", "lost"})})

    filters.set_options("status", [Option("lost", "Lost"), Option("open", "Open")])

    assert filters.choices == {"status": frozenset({"lost"})}


def test_clearing_tells_that_nothing_is_chosen(qtbot: QtBot, filters: FilterBar) -> None:
    filters.set_choices({"status": frozenset({"new"})})

    with qtbot.waitSignal(filters.changed) as changed:
        filters.findChildren(QPushButton)[0].click()

    assert changed.args == [{}]


def test_space_ticks_and_the_menu_stays(qtbot: QtBot, filters: FilterBar) -> None:
    menu = facet(filters, 0).menu()
    menu.popup(filters.mapToGlobal(filters.rect().bottomLeft()))
    menu.setActiveAction(menu.actions()[0])

    qtbot.keyClick(menu, Qt.Key.Key_Space)
    stayed = menu.isVisible()
    menu.close()

    assert (stayed, filters.choices) == (True, {"status": frozenset({"new"})})


# Overlay and banner


def test_an_overlay_covers_its_parent_and_follows_its_size(theme: Theme, show: Show, qtbot: QtBot) -> None:
    parent = QWidget()
    overlay = StateOverlay(theme, parent)
    show(parent)

    overlay.show_overlay(Overlay(OverlayKind.EMPTY, "No leads yet"))
    parent.resize(333, 222)
    qtbot.waitUntil(lambda: overlay.geometry() == parent.rect())

    assert overlay.isVisible()


def test_loading_does_not_flicker(theme: Theme, show: Show) -> None:
    parent = QWidget()
    overlay = StateOverlay(theme, parent)
    show(parent)

    overlay.show_overlay(Overlay(OverlayKind.LOADING, "Loading"))
    at_once = overlay.isVisible()
    overlay.clear_overlay()

    assert (at_once, overlay.isVisible()) == (False, False)


def test_loading_that_lasts_is_shown(theme: Theme, show: Show, qtbot: QtBot) -> None:
    parent = QWidget()
    overlay = StateOverlay(theme, parent)
    show(parent)

    overlay.show_overlay(Overlay(OverlayKind.LOADING, "Loading"))

    qtbot.waitUntil(overlay.isVisible)


def test_an_overlays_button_does_what_it_says(theme: Theme, show: Show) -> None:
    parent = QWidget()
    done: list[str] = []
    overlay = StateOverlay(theme, parent)
    show(parent)
    overlay.show_overlay(Overlay(OverlayKind.ERROR, "Failed", "", "Try again", lambda: done.append("again")))

    overlay.findChildren(QPushButton)[0].click()

    assert done == ["again"]


def test_a_banner_is_read_and_its_button_works(theme: Theme, show: Show) -> None:
    banner = Banner(theme)
    done: list[str] = []
    show(banner)

    banner.tell("Nothing can be changed.", Tone.WARNING, "Leave", lambda: done.append("left"))
    banner.findChildren(QPushButton)[0].click()

    assert (banner.accessibleName(), done) == ("Nothing can be changed.", ["left"])


# Form


@pytest.fixture
def form(theme: Theme, show: Show) -> FieldForm:
    form = FieldForm(columns=2)
    form.add("name", "Name", QLineEdit(), required=True)
    form.add("country", "Country", ChoiceBox(theme, [("ae", "United Arab Emirates"), ("fr", "France")], "Country"))
    form.add("email", "Email", QLineEdit(), hint="Where the onboarding form is sent.")
    form.add("message", "Message", QPlainTextEdit(), wide=True)
    show(form)
    return form


def field(form: FieldForm, name: str) -> QWidget:
    return next(widget for widget in form.findChildren(QWidget) if widget.accessibleName().startswith(name))


def test_a_form_is_filled_and_read_by_key(form: FieldForm) -> None:
    values = {"name": "ليلى حداد", "country": "fr", "email": "a@b.fr", "message": "two\nlines"}

    form.set_values(values)

    assert form.values == values


def test_filling_a_form_is_not_editing_it(qtbot: QtBot, form: FieldForm) -> None:
    with qtbot.assertNotEmitted(form.edited):
        form.set_values({"name": "Omar", "country": "ae", "message": "text"})


def test_typing_tells_which_field_was_edited(qtbot: QtBot, form: FieldForm) -> None:
    with qtbot.waitSignal(form.edited) as edited:
        qtbot.keyClicks(field(form, "Email"), "a")

    assert edited.args == ["email"]


def test_the_first_faulty_field_gets_the_keyboard_and_says_what_is_wrong(form: FieldForm) -> None:
    form.show_errors({"email": "An email has an @.", "message": "Too long."})

    assert field(form, "Email").hasFocus()
    assert field(form, "Email").accessibleDescription() == "An email has an @."
    assert (form.error("email"), form.error("message"), form.error("name")) == ("An email has an @.", "Too long.", "")


def test_an_error_goes_when_its_field_is_edited_and_the_hint_comes_back(qtbot: QtBot, form: FieldForm) -> None:
    form.show_errors({"email": "An email has an @."})

    qtbot.keyClicks(field(form, "Email"), "a")

    assert form.error("email") == ""
    assert field(form, "Email").accessibleDescription() == "Where the onboarding form is sent."


def test_a_required_field_says_so(form: FieldForm) -> None:
    assert field(form, "Name").accessibleName() == "Name, required"


def test_a_read_only_form_cannot_be_changed(qtbot: QtBot, form: FieldForm) -> None:
    form.set_values({"name": "Omar"})
    form.set_read_only(read_only=True)

    qtbot.keyClicks(field(form, "Name"), "x")

    assert form.value("name") == "Omar"


def test_the_wheel_does_not_change_a_choice(theme: Theme, show: Show, qtbot: QtBot) -> None:
    box = ChoiceBox(theme, [("ae", "United Arab Emirates"), ("fr", "France")], "Country")
    box.set_key("ae")
    show(box)

    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    box.wheelEvent(wheel)

    assert (box.key, wheel.isAccepted()) == ("ae", False)


def test_offering_other_values_keeps_the_chosen_one(theme: Theme, show: Show) -> None:
    box = ChoiceBox(theme, [("ae", "United Arab Emirates"), ("fr", "France")], "Country")
    show(box)
    box.set_key("fr")

    box.offer([("fr", "La France"), ("be", "Belgium")])

    assert (box.key, box.currentText()) == ("fr", "La France")


# Three-way


@pytest.fixture
def three_way(show: Show) -> ThreeWayField:
    widget = ThreeWayField(ThreeWay("phone", "Phone", "1", "2", "3", "Layla, 09:12"))
    show(widget)
    return widget


def test_nothing_is_decided_for_the_person(three_way: ThreeWayField) -> None:
    assert (three_way.side, three_way.value) == (None, None)


@pytest.mark.parametrize(("side", "value"), [(Side.MINE, "2"), (Side.THEIRS, "3"), (Side.OTHER, "2")])
def test_a_decision_gives_its_value(qtbot: QtBot, three_way: ThreeWayField, side: Side, value: str) -> None:
    with qtbot.waitSignal(three_way.decided):
        three_way.choose(side)

    assert (three_way.side, three_way.value) == (side, value)


def test_writing_another_value_chooses_it(qtbot: QtBot, three_way: ThreeWayField) -> None:
    text = three_way.findChildren(QLineEdit)[0]
    text.selectAll()

    qtbot.keyClicks(text, "44")

    assert (three_way.side, three_way.value) == (Side.OTHER, "44")


def test_a_screen_reader_hears_whose_value_it_is(three_way: ThreeWayField) -> None:
    said = {button.accessibleName(): button.accessibleDescription() for button in three_way.findChildren(QRadioButton)}

    assert said["Phone: Take theirs, 3"] == "Layla, 09:12"


# Timeline

ENTRIES = (
    TimelineEntry("2", "phone", "Called", "You", "09:24", "Wants <b>prices</b>.", "Today", badge="Waiting"),
    TimelineEntry("1", "star", "Asked for a demo", "", "08:15"),
)


@pytest.fixture
def timeline(theme: Theme, show: Show) -> Timeline:
    timeline = Timeline(theme, "Timeline", nothing="Nothing has happened yet.")
    show(timeline)
    timeline.show_entries(ENTRIES)
    return timeline


def test_an_entry_is_read_out_whole(timeline: Timeline) -> None:
    said = timeline.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)

    assert said == "Today. Called. You. 09:24. Wants <b>prices</b>.. Waiting"


def test_an_entry_with_a_body_is_higher(timeline: Timeline) -> None:
    heights = [timeline.visualRect(timeline.model().index(row, 0)).height() for row in (0, 1)]

    assert heights[0] > heights[1]


def test_the_current_entry_stays_current_when_another_comes(timeline: Timeline) -> None:
    timeline.setCurrentIndex(timeline.model().index(1, 0))

    timeline.show_entries((TimelineEntry("3", "phone", "Called", "You", "10:00"), *ENTRIES))

    assert timeline.currentIndex().row() == 2


def test_enter_opens_an_entry(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.setCurrentIndex(timeline.model().index(1, 0))

    with qtbot.waitSignal(timeline.opened) as opened:
        qtbot.keyClick(timeline, Qt.Key.Key_Return)

    assert opened.args == [ENTRIES[1]]


def test_an_empty_timeline_says_so(timeline: Timeline) -> None:
    nothing = timeline.findChildren(QLabel)[0]
    hidden_with_entries = nothing.isHidden()

    timeline.show_entries(())

    assert (hidden_with_entries, nothing.isHidden()) == (True, False)


# Drawer, chips, boxes, text


def test_a_drawer_gives_the_keyboard_back_where_it_was(qtbot: QtBot, theme: Theme, show: Show) -> None:
    window = QWidget()
    field, content = QLineEdit(window), QLineEdit()
    drawer = Drawer(theme, "Waiting changes", content, parent=window)
    show(window)
    field.setFocus()

    drawer.open_drawer()
    inside = content.hasFocus()
    qtbot.keyClick(content, Qt.Key.Key_Escape)

    assert (inside, drawer.is_open, field.hasFocus()) == (True, False, True)


def test_a_chip_says_its_word(theme: Theme, show: Show) -> None:
    chip = StatusChip(theme, "New", Tone.INFO)
    show(chip)
    narrow = chip.sizeHint().width()

    chip.show_status("Onboarding", Tone.WARNING)

    assert chip.accessibleName() == "Onboarding"
    assert chip.sizeHint().width() > narrow


def test_a_box_is_ticked_by_keyboard(qtbot: QtBot, theme: Theme, show: Show) -> None:
    box = CheckBox(theme, "Only R&D")
    show(box)

    qtbot.keyClick(box, Qt.Key.Key_Space)

    assert (box.isChecked(), box.accessibleName()) == (True, "Only R&D")


def test_data_in_a_tooltip_is_not_read_as_markup() -> None:
    assert tooltip_text("<b>Omar</b> & sons") == "<qt>&lt;b&gt;Omar&lt;/b&gt; &amp; sons</qt>"


def test_no_text_is_no_tooltip() -> None:
    assert tooltip_text("") == ""


def test_an_enabled_composer_offers_its_keys(composer: Composer) -> None:
    composer.set_available(ENABLED)

    assert "Ctrl+Enter" in [label.text() for label in composer.findChildren(QLabel)]
