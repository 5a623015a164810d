"""Texts of others that are markup, turn lines around, or have no end: they are seen as plain text, on every screen."""

from __future__ import annotations

import atexit
import html
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fleetdesk.models.base import Synced
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import Words
from fleetdesk.qt.look.text import Label, harmless, isolated, menu_text, outside_text, title_text, tooltip_text
from fleetdesk.qt.look.theme import Look, Theme
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.filling import LONGEST_EDITED
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.shell.window import MainWindow
from tests.gui.views.filled import ME, StillClock, load, open_store, staff, store_person
from tests.gui.views.pictures import SCENES, scene
from tests.gui.views.sample import sample
from tests.gui.views.settling import settle

pytestmark = pytest.mark.timeout(120)

HOSTILE = (
    ' <b>bold</b><img src="http://127.0.0.1:9/pixel.png"><a href="fleetdesk://leads">y</a>&amp;'
    " \u202eevil\u2066 \u202aout\u2069\u2069 \x07\x1b[31m \u200b\ufeff 👨‍👩‍👧 a" + "\u0301" * 60
)
"""Put behind the texts of every row."""
MEGABYTE = 1_000_000
SMALLEST = 1_024
"""Pixels across that the window needs at most, whoever is called what."""
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e")
_MARKUP = ("RichText", "AutoText", "MarkdownText", "QTextBrowser", "QMessageBox", "setHtml")
_ISOLATES, _END = frozenset("\u2066\u2067\u2068"), "\u2069"


@pytest.fixture(autouse=True)
def same_look(theme: Theme) -> Iterator[None]:
    """The look as it was, whatever a scene does with it."""
    yield
    theme.set_look(Look(theme.look.appearance))


def open_hostile(folder: Path, clock: StillClock, *, person_id: str = ME) -> LocalStore:
    """A store in which every text that people write is hostile, and some have a megabyte."""
    shutil.copytree(_loaded(person_id), folder, dirs_exist_ok=True)
    return open_store(folder, clock, person_id)


@cache
def _loaded(person_id: str) -> Path:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    filling = sample(400)
    for row in (*filling.leads, *filling.activities, *filling.revisions):
        _spoil(row)
    for number, lead in enumerate(filling.leads[:6]):
        if number % 2:
            lead.message = "x" * MEGABYTE
        else:
            lead.message = "line of many\n" * 80_000
        lead.company = f"{lead.company}{' and Sons' * (MEGABYTE // 9)}"
    people = staff()
    for row in people:
        _spoil(row)
    person = store_person(person_id)
    called = {"name": f"{person.name}{HOSTILE}{'W' * 3_000}", "email": f"{'w' * 3_000}{person.email}"}
    store = open_store(Path(folder.name), StillClock(), person_id)
    load(store, filling, person_id, person=person.model_copy(update=called), people=people)
    store.close()
    return Path(folder.name)


def _spoil(row: Synced) -> None:
    for column in type(row).table().columns:
        value = getattr(row, column.name)
        written = column.name not in ("email", "phone") and not column.name.endswith("_key")
        if isinstance(column.type, Words) and value and written:
            setattr(row, column.name, value + HOSTILE)
    if isinstance(row, Lead):
        row.tags = [*row.tags, f"tag{HOSTILE}"]


# Every scene


@pytest.mark.parametrize("name", SCENES)
def test_whatever_others_wrote_is_plain_text_wherever_it_stands(theme: Theme, name: str) -> None:
    with scene(theme, name, filled=open_hostile) as office:
        SCENES[name](office)
        settle(office)
        found = [wrong for window in QApplication.topLevelWidgets() for wrong in wrongs_of(window)]
        for window in QApplication.topLevelWidgets():
            if window is not office.window and window.isVisible():
                window.close()

    assert not found


def wrongs_of(window: QWidget) -> Iterator[str]:
    """What in a window is, or could be, read as markup, or turns its neighbours around."""
    widest = SMALLEST if isinstance(window, MainWindow) else window.width()
    if (least := window.minimumSizeHint().width()) > widest and window.isVisible():
        yield f"{type(window).__name__} needs {least} pixels across and has {widest}"
    for widget in (window, *window.findChildren(QWidget)):
        who = f"{type(widget).__name__} {widget.accessibleName()[:40]!r}"
        if isinstance(widget, QTextEdit | QMessageBox):
            yield f"{who} shows markup"
        if isinstance(widget, QLabel) and widget.text():
            if widget.textFormat() is not Qt.TextFormat.PlainText:
                yield f"{who} is not plain: {widget.text()[:60]!r}"
            yield from (f"{who}: {wrong}" for wrong in turned(widget.text()))
        if isinstance(widget, QAbstractButton):
            yield from (f"{who}: {wrong}" for wrong in turned(widget.text()))
        for hint in (widget.toolTip(), widget.statusTip(), widget.whatsThis()):
            yield from (f"{who}: {wrong}" for wrong in wrong_hint(hint))
        yield from (f"{who}, title: {wrong}" for wrong in turned(widget.windowTitle()))
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from (f"{who}: {wrong}" for wrong in wrong_items(widget.model()))


def wrong_items(model: QAbstractItemModel) -> Iterator[str]:
    top = QModelIndex()
    for row in range(min(30, model.rowCount(top))):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(top)):
            hint = model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole)
            if isinstance(hint, str):
                yield from wrong_hint(hint)


def wrong_hint(hint: str) -> Iterator[str]:
    """A hint is markup of ours with the text escaped in it, or a text that Qt does not take for markup."""
    inner = hint.removeprefix("<qt>").removesuffix("</qt>")
    if ("<" in inner) if inner != hint else GuiQt.mightBeRichText(hint):
        yield f"hint is markup: {hint[:80]!r}"
    yield from turned(html.unescape(inner))


def turned(text: str) -> Iterator[str]:
    if _TURNING & set(text):
        yield f"turns what stands beside it: {text[:80]!r}"
    depth = 0
    for sign in text:
        depth += (sign in _ISOLATES) - (sign == _END)
        if depth < 0:
            break
    if depth:
        yield f"an isolate is not closed: {text[:80]!r}"
    if len(text) > 25_000:
        yield f"{len(text):,} characters are laid out"


# The words that decide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Éléonore <b>", "Éléonore <b>"),
        ("a\nb\tc", "a\nb\tc"),
        ("a\x00b\x1b", "a␀b␛"),
        ("a\u202eb\u202c", "ab"),
        ("\u2066open", "open"),
        ("closed\u2069 \u2068", "closed "),
        ("\u2068شركة\u2069 x", "\u2068شركة\u2069 x"),
        ("a" + "\u0301" * 60, "a" + "\u0301" * 6),
        ("one\u2028two\x85three", "one\ntwo\nthree"),
        ("👨‍👩‍👧 نامه‌ها", "👨‍👩‍👧 نامه‌ها"),
        ("\ud800", "\ufffd"),
        ("=1+1", "=1+1"),
    ],
)
def test_controls_are_seen_or_without_effect_and_letters_stay(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_what_is_shown_is_bounded_in_letters_and_lines() -> None:
    assert len(harmless("x" * MEGABYTE)) == 20_001
    assert harmless("a\n" * 10_000).count("\n") == 400


@pytest.mark.parametrize("inside", ["\u2069 شركة", "شركة \u2066", "\u202eشركة\u2069\u2069"])
def test_data_cannot_end_the_isolate_that_it_stands_in(inside: str) -> None:
    assert isolated(inside).count("\u2068") == isolated(inside).count("\u2069") == 1
    assert isolated(inside).endswith("\u2069")


@pytest.mark.parametrize("make", [tooltip_text, menu_text, outside_text, title_text, isolated])
def test_no_text_for_a_narrow_place_is_long(make: object) -> None:
    assert callable(make)
    assert len(make("x" * MEGABYTE)) < 3_000


def test_a_message_of_the_desktops_has_no_markup_whatever_it_tells() -> None:
    said = outside_text(f"A <b>call</b>{HOSTILE}")
    assert not {"<", ">", "&", *_TURNING} & set(said)


def test_a_label_shows_markup_as_it_is_written(qtbot: QtBot) -> None:
    label = Label(HOSTILE)
    qtbot.addWidget(label)
    assert "<b>bold</b>" in label.text()
    assert label.textFormat() is Qt.TextFormat.PlainText


# Forms


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb\rc", "a\u2028b\u00a0c", "x" * 40_000, "x" * MEGABYTE, HOSTILE])
@pytest.mark.parametrize("long", [False, True], ids=["one line", "several lines"])
def test_a_text_that_nobody_touched_is_what_it_was(qtbot: QtBot, text: str, *, long: bool) -> None:
    form = FieldForm()
    qtbot.addWidget(form)
    editor = QPlainTextEdit() if long else QLineEdit()
    form.add("message", "Message", editor)
    form.set_values({"message": text})
    form.show()

    assert form.value("message") == text
    assert editor.isReadOnly() is (len(text) > LONGEST_EDITED)


def test_what_is_too_long_to_be_edited_says_so_and_stays_so_until_it_is_not(qtbot: QtBot) -> None:
    form = FieldForm()
    qtbot.addWidget(form)
    editor = QPlainTextEdit()
    form.add("message", "Message", editor)
    form.set_values({"message": "x" * MEGABYTE})
    form.set_read_only(read_only=False)
    assert editor.isReadOnly()
    assert "1,000,000 characters" in editor.accessibleDescription()

    form.set_values({"message": "short"})
    assert not editor.isReadOnly()


# The code


def test_only_one_module_decides_how_a_label_reads_its_text() -> None:
    """Whoever else makes a QLabel says at once that it is plain; nobody asks for markup."""
    source = Path(__file__).parents[3] / "fleetdesk"
    allowed = {source / "qt/look/text.py"}
    found = []
    for path in source.rglob("*.py"):
        text = path.read_text()
        if any(
            word in text for word in ("RichText", "AutoText", "MarkdownText", "QTextBrowser", "QMessageBox", "setHtml")
        ):
            found.append(f"{path}: markup")
        if "QLabel(" in text and path not in allowed and "PlainText" not in text and "QLabel()" not in text:
            found.append(f"{path}: a label of its own")
    assert not found


def test_the_clipboard_gets_plain_text_alone(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText(HOSTILE)
    assert not QGuiApplication.clipboard().mimeData().hasHtml()
