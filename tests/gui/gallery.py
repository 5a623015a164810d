"""Draws every widget of the toolkit in its states, light and dark: `python -m tests.gui.gallery FOLDER`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPlainTextEdit, QProgressBar, QRadioButton, QWidget
from shiboken6 import Shiboken

from fleetdesk.errors import Offline
from fleetdesk.models.drafts import Draft
from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.qt.acting.actions import Action, ActionRegistry
from fleetdesk.qt.acting.key_caps import KeyCaps
from fleetdesk.qt.acting.palette import CommandPalette
from fleetdesk.qt.acting.recent import Recent
from fleetdesk.qt.acting.shortcut_editor import ShortcutEditor
from fleetdesk.qt.acting.shortcut_sheet import ShortcutSheet
from fleetdesk.qt.availability import ENABLED, WhyNot
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.confirmation import ConfirmationDialog
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint
from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.qt.look.tokens import GRID, Density, TextSize, Tone
from fleetdesk.qt.notifier import Level, Message, MessageAction, Notifier, Pending, Question
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.qt.sync_status import SyncIndicator, SyncStatusHolder
from fleetdesk.qt.tasks import TaskRunner
from fleetdesk.qt.toasts import ToastStack
from fleetdesk.qt.widgets.banner import Banner
from fleetdesk.qt.widgets.buttons import Button, IconButton, Kind
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.composer import Composer, ComposerKind
from fleetdesk.qt.widgets.drawer import Drawer
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.filter_bar import FilterBar
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.qt.widgets.stage_stepper import StageStepper
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.qt.widgets.three_way_field import Side, ThreeWay, ThreeWayField
from fleetdesk.qt.widgets.timeline import Timeline, TimelineEntry
from tests.gui.fleet_leads import LEAD_COLUMNS, STAGES, Lead, Leads

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
KINDS = (
    ComposerKind("note", "Note", "note-pencil", "Write a note", "Add note"),
    ComposerKind("call", "Call", "phone", "What came of the call?", "Log call"),
    ComposerKind("email", "Email", "envelope-simple", "What was the email about?", "Log email"),
    ComposerKind("meeting", "Meeting", "users", "What was agreed?", "Log meeting"),
    ComposerKind("task", "Task", "check-square", "What is to be done?", "Add task"),
)


PAGES = (
    "basics",
    "stages",
    "table",
    "table_compact",
    "table_waiting",
    "overlays",
    "timeline",
    "form",
    "three_way",
    "palette",
    "palette_search",
    "shortcuts",
    "shortcut_editor",
    "toasts",
    "confirmation",
    "sync",
    "drawer",
)


class Gallery:
    """Makes the pages; each is a widget of its own size."""

    def __init__(self, theme: Theme, runner: TaskRunner) -> None:
        self.theme = theme
        self.runner = runner
        self.notifier = Notifier()
        self.feed = ChangeFeed()
        self.windows: list[QWidget] = []  # that dialogs stand over

    def show(self, page: str) -> QWidget:
        """Make a page and show it."""
        widget = self._makers()[page]()
        widget.show()
        self.windows.append(widget)
        return widget

    def close(self) -> None:
        """Close every page, and put the density back."""
        for window in self.windows:
            if Shiboken.isValid(window):
                window.close()
                window.deleteLater()
        self.windows.clear()
        self.theme.set_density(Density.NORMAL)

    def _makers(self) -> Mapping[str, Callable[[], QWidget]]:
        makers = (
            self.basics,
            self.stages,
            self.table,
            self.table_compact,
            self.table_waiting,
            self.overlays,
            self.timeline,
            self.form,
            self.three_way,
            self.palette,
            self.palette_search,
            self.shortcuts,
            self.shortcut_editor,
            self.toasts,
            self.confirmation,
            self.sync,
            self.drawer,
        )
        return dict(zip(PAGES, makers, strict=True))

    def basics(self) -> QWidget:
        buttons = row(
            Button("Save lead", kind=Kind.PRIMARY),
            Button("Cancel"),
            Button("Delete lead", kind=Kind.DANGER),
            Button("Show all", kind=Kind.QUIET),
            disabled(Button("Save lead", kind=Kind.PRIMARY)),
            disabled(Button("Cancel")),
            IconButton(self.theme, "plus", "New lead"),
            IconButton(self.theme, "dots-three", "More", small=True),
            STRETCH,
        )
        field, focused, faulty = named("Omar Al Suwaidi"), named("Has the keyboard"), named("omar@")
        faulty.setProperty("faulty", "true")
        QTimer.singleShot(0, focused, focused.setFocus)
        progress = QProgressBar()
        progress.setValue(40)
        progress.setTextVisible(False)
        checks = row(
            checked(CheckBox(self.theme, "Only mine")),
            CheckBox(self.theme, "Rotting"),
            checked(QRadioButton("Light")),
            STRETCH,
        )
        chips = row(*(StatusChip(self.theme, tone.value.title(), tone) for tone in Tone), STRETCH)
        filters = self._filters()
        choice = ChoiceBox(self.theme, [("ae", "United Arab Emirates"), ("fr", "France")], "Country")
        choice.set_key("ae")
        texts = column(
            Label("Heading 20: Leads", size=TextSize.HEADING),
            Label("Title 16: Waiting changes", size=TextSize.TITLE),
            Label("Body 13: Omar asked for a demo of forty cars. عمر السويدي · Éléonore Lefèvre"),
            Label("Muted 13: last contact four minutes ago", tint=Tint.MUTED),
            Label("Small 12: required", size=TextSize.SMALL, tint=Tint.FAINT),
            gap=GRID // 2,
        )
        search = SearchField(self.theme, "Search name, company, email, phone")
        return page(
            texts,
            buttons,
            row(field, focused, faulty, disabled(named("Disabled")), choice),
            row(search, filters),
            checks,
            chips,
            row(KeyCaps("Ctrl+K"), KeyCaps("G, L"), KeyCaps("?"), STRETCH, gap=2 * GRID),
            progress,
        )

    def _filters(self) -> FilterBar:
        filters = FilterBar(self.theme, "Filters")
        filters.show_texts(("Stage: New or Contacted", "Owner: Me", "Created in the last 7 days"))
        return filters

    def stages(self) -> QWidget:
        why = WhyNot(
            "A lead is qualified once company, country, fleet size and an email are known. Missing: fleet size."
        )
        first = StageStepper(self.theme, "Stage of the lead")
        first.show_stages(STAGES, "contacted", {"qualified": why, "onboarding": why, "validated": why})
        focused = StageStepper(self.theme, "Stage of the lead")
        moves = {stage.key: WhyNot("A lead goes from stage to stage: qualify it first.") for stage in STAGES}
        focused.show_stages(STAGES, "new", {**moves, "contacted": ENABLED, "lost": ENABLED})
        QTimer.singleShot(0, focused, lambda: focused.point_out("onboarding"))
        won, lost = StageStepper(self.theme, "Stage"), StageStepper(self.theme, "Stage")
        won.show_stages(STAGES, "converted", {})
        lost.show_stages(STAGES, "lost", {})
        return page(first, focused, won, lost)

    def table(self) -> QWidget:
        view = self._table(Leads())
        view.selection.changed.connect(view.setFocus)
        view.model().rowsInserted.connect(lambda: view.reveal(3))
        view.set_sorting((SortKey("status"), SortKey("updated", descending=True)))
        head = row(
            Label("Leads", size=TextSize.HEADING),
            STRETCH,
            Button("Import"),
            Button("New lead", kind=Kind.PRIMARY),
        )
        search = SearchField(self.theme, "Search name, company, email, phone")
        search.setFixedWidth(280)
        return framed(
            column(head, row(search, STRETCH), self._filters(), gap=GRID, margins=(2 * GRID, 2 * GRID, 2 * GRID, GRID)),
            view,
        )

    def table_compact(self) -> QWidget:
        self.theme.set_density(Density.COMPACT)
        return framed(column(), self._table(Leads()))

    def table_waiting(self) -> QWidget:
        return framed(column(), self._table(Leads(slow=True)))

    def overlays(self) -> QWidget:
        overlays = (
            Overlay(OverlayKind.EMPTY, "No leads yet", "Import a file or write the first one.", "Import a file"),
            Overlay(OverlayKind.EMPTY, "Nothing matches", "No lead has both filters.", "Clear filters", icon="funnel"),
            Overlay(OverlayKind.LOADING, "Loading leads", "12,000 of 50,000 so far."),
            Overlay(OverlayKind.ERROR, "The list cannot be read", "Your changes are kept. Try again.", "Try again"),
            Overlay(OverlayKind.OFFLINE, "You are offline", "This is loaded once the hub can be reached.", "Try now"),
            Overlay(OverlayKind.READ_ONLY, "You can look, not change", "Support reads leads; sales change them."),
        )
        lines = [row(*(self._overlay(o) for o in overlays[at : at + 3]), gap=2 * GRID) for at in (0, 3)]
        banner, other = Banner(self.theme), Banner(self.theme)
        banner.tell("You read as Gulf Fleet LLC: nothing can be changed. 14:32 left.", Tone.WARNING, "Leave", print)
        other.tell("The list could not be refreshed. What you see is from 09:12.", Tone.DANGER, "Try again", print)
        return page(banner, other, *lines)

    def timeline(self) -> QWidget:
        timeline = Timeline(self.theme, "Timeline", nothing="Nothing has happened yet.")
        timeline.show_entries(entries())
        empty = Timeline(self.theme, "Timeline", nothing="Nothing has happened yet. Log a call to begin.")
        composer = Composer(KINDS, self.theme, "New entry")
        composer.set_drafts([Draft("call", "Called about the demo; forty cars, wants prices for Al Ain too.")])
        other = Composer(KINDS, self.theme, "New entry")
        other.set_available(WhyNot("Support reads leads; sales write."))
        left = panel(column(composer, timeline, gap=2 * GRID), ground="surface")
        right = panel(column(other, empty, gap=2 * GRID), ground="surface")
        return page(row(left, right, gap=3 * GRID), height=620)

    def form(self) -> QWidget:
        form = FieldForm(columns=2)
        form.add("first", "First name", QLineEdit(), required=True)
        form.add("last", "Last name", QLineEdit(), required=True)
        form.add("company", "Company", QLineEdit())
        form.add("country", "Country", ChoiceBox(self.theme, [("ae", "United Arab Emirates")], "Country"))
        form.add("email", "Email", QLineEdit(), hint="Where the onboarding form is sent.")
        form.add("fleet", "Fleet size", QLineEdit())
        form.add("message", "Message", QPlainTextEdit(), wide=True)
        form.set_values({"first": "عمر", "last": "السويدي", "company": "Gulf <b>Fleet</b> & Sons", "email": "omar@"})
        form.show_errors({"email": "An email has a name, an @ and a domain.", "fleet": "Needed before qualifying."})
        other = FieldForm(columns=2)
        other.add("first", "First name", QLineEdit(), required=True)
        other.add("last", "Last name", QLineEdit(), required=True)
        other.set_values({"first": "Éléonore", "last": "Lefèvre"})
        other.set_read_only(read_only=True)
        return page(form, other, width=720)

    def three_way(self) -> QWidget:
        about = "Layla Haddad, today 09:12"
        phone = ThreeWayField(
            ThreeWay("phone", "Phone", "+971 50 111 2233", "+971 50 999 0000", "+971 4 555 1234", about)
        )
        phone.choose(Side.MINE)
        note = ThreeWayField(ThreeWay("message", "Message", "", "Wants forty cars.", "Wants <i>fifty</i> cars.", about))
        return page(phone, note, width=720)

    def palette(self) -> QWidget:
        window = self._window()
        palette = CommandPalette(
            self._registry(),
            [],
            without="",
            recent=Recent(["action leads"]),
            go=print,
            runner=self.runner,
            theme=self.theme,
            parent=window,
        )
        palette.show()
        return palette

    def palette_search(self) -> QWidget:
        palette = self.palette()
        for field in palette.findChildren(QLineEdit):
            field.setText("le")
        return palette

    def shortcuts(self) -> QWidget:
        sheet = ShortcutSheet(self._registry(), self.theme, self._window(), titles={}, change=print)
        sheet.show()
        return sheet

    def shortcut_editor(self) -> QWidget:
        editor = ShortcutEditor(self._registry(), {}, self.theme, self._window())
        editor.show()
        return editor

    def toasts(self) -> QWidget:
        window = self._window()
        stack = ToastStack(self.notifier, self.theme, window, within=window)
        undo = MessageAction("Undo", print)
        stack.show_message(Message(Level.SUCCESS, "12 leads are qualified.", action=undo))
        stack.show_message(Message(Level.INFO, "Omar Al Suwaidi was assigned to you."))
        stack.show_message(
            Message(Level.WARNING, "The hub cannot be reached.", "Your changes are kept.", "Go on working.")
        )
        stack.show_message(
            Message(Level.ERROR, "The file could not be read.", "Nothing was imported.", "Save it as CSV.")
        )
        return window

    def confirmation(self) -> QWidget:
        text = "They can be restored for 90 days; then they are deleted for good."
        question = Question("Delete 12 leads?", text, "Delete 12 leads", dangerous=True)
        dialog = ConfirmationDialog(Pending(question, print), self._window())
        dialog.show()
        return dialog

    def sync(self) -> QWidget:
        return page(*(row(self._indicator(status), STRETCH) for status in statuses()), width=480)

    def drawer(self) -> QWidget:
        timeline = Timeline(self.theme, "Waiting changes", nothing="Nothing waits.")
        timeline.show_entries(entries()[:2])
        drawer = Drawer(self.theme, "Waiting changes", timeline)
        window = panel(row(panel(column(), ground="window"), drawer, gap=0), ground="window")
        window.resize(720, 480)
        drawer.show()
        return window

    def _table(self, leads: Leads) -> RecordTableView[str, Lead]:
        model = RecordTableModel(leads, LEAD_COLUMNS, table="leads", runner=self.runner, changes=self.feed)
        view = RecordTableView(model, theme=self.theme, name="Leads")
        model.setParent(view)
        model.set_query("")
        return view

    def _overlay(self, overlay: Overlay) -> QWidget:
        cover = panel(column(), ground="card")
        cover.setMinimumHeight(260)
        StateOverlay(self.theme, cover).show_overlay(overlay)
        return cover

    def _indicator(self, status: SyncStatus) -> QWidget:
        holder = SyncStatusHolder()
        indicator = SyncIndicator(holder, self.theme)
        holder.setParent(indicator)
        holder.update(status)
        return indicator

    def _window(self) -> QWidget:
        window = panel(column(Label("Leads", size=TextSize.HEADING), STRETCH, margins=24), ground="window")
        window.resize(960, 640)
        window.show()
        self.windows.append(window)
        return window

    def _registry(self) -> ActionRegistry:
        registry = ActionRegistry(self.notifier, self.theme)
        why = WhyNot("A logged activity comes first.")
        registry.register(
            Action("new", "New lead", print, "N", "plus", group="Leads"),
            Action("qualify", "Qualify", print, "Q", "check-circle", lambda: why, "Leads", keywords="lead stage"),
            Action("assign", "Assign to someone", print, "A", "user-plus", group="Leads"),
            Action("import", "Import leads from a file", print, "Ctrl+I", "upload-simple", group="Leads"),
            Action("leads", "Go to leads", print, "G, L", "list", group="Go to"),
            Action("inbox", "Go to the Inbox", print, "G, I", "tray", group="Go to"),
            Action("pause", "Pause sending", print, "", "pause-circle", group="Synchronisation"),
            Action("drawer", "Show waiting changes", print, "Ctrl+Shift+P", "clock", group="Synchronisation"),
            Action("palette", "Command palette", print, "Ctrl+K", "command", group="Window"),
            Action("sheet", "Keyboard shortcuts", print, "?", "keyboard", group="Window"),
            Action("dark", "Switch between light and dark", print, "Ctrl+Shift+L", "moon", group="Window"),
        )
        return registry


def page(*items: object, width: int = 960, height: int = 0) -> QWidget:
    """Items one below the other on the window's ground."""
    window = panel(column(*items, STRETCH, gap=2 * GRID, margins=3 * GRID), ground="window")
    window.resize(width, max(height, window.sizeHint().height()))
    return window


def framed(head: object, view: QWidget) -> QWidget:
    """A table below its tools."""
    window = panel(column(head, view, gap=0), ground="surface")
    window.resize(1200, 620)
    return window


def named(text: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setAccessibleName(text)
    return field


def disabled(widget: QWidget) -> QWidget:
    widget.setEnabled(False)
    return widget


def checked(button: QCheckBox | QRadioButton) -> QWidget:
    button.setChecked(True)
    return button


def entries() -> Sequence[TimelineEntry]:
    long = "He runs forty cars in Sharjah and thinks of another thirty in Al Ain. " * 9
    return (
        TimelineEntry(
            "5", "phone", "Called", "You", "09:24", "Wants prices until Thursday.", "Today", Tone.ACTIVE, "Waiting"
        ),
        TimelineEntry("4", "arrow-right", "Moved from New to Contacted", "You", "09:25", tone=Tone.INFO),
        TimelineEntry("3", "note-pencil", "Note", "Layla Haddad", "17:02", long, "Yesterday", Tone.NOTABLE),
        TimelineEntry(
            "2", "envelope-simple", "Email", "Layla Haddad", "11:40", "عرض السعر مرفق مع هذه الرسالة", tone=Tone.ACTIVE
        ),
        TimelineEntry(
            "1", "star", "Asked for a demo", "", "08:15", "From the <b>web site</b>.", "9 March", Tone.SUCCESS
        ),
    )


def statuses() -> Sequence[SyncStatus]:
    ago = NOW - timedelta(minutes=4)
    return (
        SyncStatus(SyncState.STARTING),
        SyncStatus(SyncState.LOADING, progress=LoadProgress(12_000, 50_000)),
        SyncStatus(SyncState.LIVE, last_contact=ago),
        SyncStatus(SyncState.SYNCING, pending=3),
        SyncStatus(SyncState.STAYING, pending=1),
        SyncStatus(SyncState.OFFLINE, pending=12, inbox=1, last_contact=ago),
        SyncStatus(SyncState.PAUSED, pending=1),
        SyncStatus(SyncState.REFUSED),
        SyncStatus(SyncState.REVOKED),
        SyncStatus(SyncState.ERROR, inbox=2, detail=str(Offline("The database is being restored."))),
    )


def draw(folder: Path) -> None:
    """Draw every page in both themes."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(app)
    runner = TaskRunner(Notifier())
    folder.mkdir(parents=True, exist_ok=True)
    for appearance in (Appearance.LIGHT, Appearance.DARK):
        theme.set_appearance(appearance)
        for name in PAGES:
            gallery = Gallery(theme, runner)
            page = gallery.show(name)
            wait(0.4)
            page.grab().save(str(folder / f"{name}-{appearance.value}.png"))
            gallery.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    runner.stop()


def wait(seconds: float) -> None:
    """Let the event loop run."""
    deadline = QDeadlineTimer(round(1000 * seconds))
    while not deadline.hasExpired():
        QCoreApplication.processEvents()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    draw(Path(sys.argv[1]))
