"""`OfferList`: what could be typed next, below the field in which it is typed; the keyboard stays in the field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.two_part_lines import PART, TwoPartDelegate
from fleetdesk.queries.filters.completion import Offer

__all__ = ["OfferList"]

_OFFER = Qt.ItemDataRole.UserRole
_LINE, _SIDES = 28, GRID // 2
_WIDTH = 360
_GAP = 2  # pixels between the field and the list


class OfferList(QFrame):
    """Shows offers over its window. None is marked until the person goes down to one."""

    taken = Signal(object)  # Offer, by a click

    def __init__(self, theme: Theme, field: QWidget) -> None:
        super().__init__(field)
        self._theme = theme
        self._field = field
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(tr("What could follow"))
        self._list.setItemDelegate(TwoPartDelegate(theme, self, height=_LINE))
        self._list.setProperty("ground", "clear")
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._clicked)
        self.setProperty("ground", "raised")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(column(self._list, margins=_SIDES))
        field.destroyed.connect(self.deleteLater)  # it belongs to the window once it was shown
        self.hide()

    @property
    def offers(self) -> list[Offer]:
        """What is shown."""
        return [self._list.item(row).data(_OFFER) for row in range(self._list.count())]

    @property
    def marked(self) -> Offer | None:
        """The offer that Enter would take."""
        row = self._list.currentRow()
        return self.offers[row] if row >= 0 else None

    def show_offers(self, offers: Sequence[Offer], x: int) -> None:
        """Show these below the field, beginning at `x` in it."""
        self._list.clear()
        for offer in offers:
            item = QListWidgetItem(offer.text, self._list)
            item.setData(_OFFER, offer)
            item.setData(PART, offer.title)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _said(offer))
        window = self._field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        width = min(self._theme.pixels(_WIDTH), window.width())
        height = len(offers) * self._theme.pixels(_LINE) + 2 * _SIDES + 2
        at = self._field.mapTo(window, QPoint(x, self._field.height() + _GAP))
        self.setGeometry(QRect(QPoint(max(0, min(at.x(), window.width() - width)), at.y()), QSize(width, height)))
        self.raise_()
        self.show()

    def step(self, by: int) -> None:
        """Mark the next offer, or the one before; above the first, none."""
        row = min(self._list.currentRow() + by, self._list.count() - 1)
        self._list.setCurrentRow(max(row, -1))
        if (offer := self.marked) is not None:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._field, _said(offer)))

    def _clicked(self, item: QListWidgetItem) -> None:
        self.taken.emit(item.data(_OFFER))


def _said(offer: Offer) -> str:
    return f"{offer.text} {offer.title}".strip()
