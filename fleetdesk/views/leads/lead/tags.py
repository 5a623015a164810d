"""`TagsEditor`: a lead's tags; one is added by typing it, taken away by its cross."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fleetdesk.commands.lead_fields import LONGEST_TAG
from fleetdesk.qt.flow import FlowLayout
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import column, panel
from fleetdesk.qt.look.painting import draw_focus_ring, draw_text
from fleetdesk.qt.look.text import menu_text, title_text, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.views.form_drafts import FormDraft, Typed

__all__ = ["TagsEditor"]

_TAG = "tag"


class TagsEditor(QWidget):
    """Tells what is to be added and removed; what is shown changes when the lead does."""

    changed = Signal(object, object)  # added, removed: tuples of str

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tags: tuple[tuple[str, ...], bool] = ((), False)
        self._flow = FlowLayout()
        self._field = TextField(longest=LONGEST_TAG)
        self._field.setPlaceholderText(tr("Add a tag"))
        self._field.setAccessibleName(tr("Add a tag"))
        self._field.returnPressed.connect(self._add)
        self._field.textEdited.connect(self._keep)
        self._draft: FormDraft | None = None
        self.setLayout(column(panel(self._flow), self._field))

    def show_tags(self, tags: Sequence[str], *, editable: bool) -> None:
        """Show these; what is being typed stays."""
        self._field.setVisible(editable)
        if (tuple(tags), editable) == self._tags:
            return
        self._tags = (tuple(tags), editable)
        self._flow.empty()
        before: QWidget = self._field
        for tag in tags:
            chip = _Tag(self._theme, tag)
            chip.setEnabled(editable)
            chip.clicked.connect(partial(self.changed.emit, (), (tag,)))
            self._flow.addWidget(chip)
            QWidget.setTabOrder(before, chip)
            before = chip

    def write_into(self, draft: FormDraft) -> None:
        """What is typed from now on is kept there; what is kept there already is shown."""
        self._draft = draft
        self._field.setText(draft.typed.texts.get(_TAG, ""))

    def begin(self) -> None:
        """Put the cursor into the field."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _add(self) -> None:
        tag = " ".join(self._field.text().split())
        if tag:
            self.changed.emit((tag,), ())
            self._field.clear()
            self._keep("")

    def _keep(self, text: str) -> None:
        if self._draft is not None:
            self._draft.keep(Typed({_TAG: text} if text.strip() else {}))


class _Tag(QAbstractButton):
    """One tag with a cross: a click takes it away."""

    def __init__(self, theme: Theme, tag: str) -> None:
        super().__init__()
        self._theme = theme
        self._tag = title_text(tag)
        self._font = theme.font(TextSize.SMALL)
        self.setText(menu_text(tag))
        self.setAccessibleName(tr("Remove the tag %1").replace("%1", tag))
        self.setToolTip(tooltip_text(tr("Remove %1").replace("%1", tag)))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Qt's: as wide as the word, up to what the panel holds."""
        cross = self._theme.pixels(16) if self.isEnabled() else 0
        words = QFontMetrics(self._font).horizontalAdvance(self._tag)
        return QSize(min(words + cross + 2 * GRID + 2, self._theme.pixels(26 * GRID)), self._theme.pixels(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.line if self.underMouse() and self.isEnabled() else palette.sunken))
        painter.drawRoundedRect(self.rect(), Radius.CHIP, Radius.CHIP)
        cross = self._theme.pixels(12)
        words = self.rect().adjusted(GRID, 0, -GRID - (cross + 2 if self.isEnabled() else 0), 0)
        draw_text(painter, words, self._tag, palette.text_muted, self._font)
        if self.isEnabled():
            place = QRect(self.width() - cross - GRID + 2, (self.height() - cross) // 2, cross, cross)
            self._theme.icons.paint(painter, place, "x", palette.text_faint)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), palette.focus, Radius.CHIP)
        painter.end()
