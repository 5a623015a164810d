"""Draws the cells of a calendar and the steps in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter, draw_focus_ring
from fleetdesk.qt.look.text import plural
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize, Tone
from fleetdesk.queries.leads import LeadRow
from fleetdesk.views.leads.calendar.words import step_time, step_title

__all__ = ["CellLook", "GridPainter", "StepLook"]

_FADED = 0.35


@dataclass(frozen=True, slots=True)
class CellLook:
    """The states that change how a cell looks.

    `aside`: a day of another month, or an hour that the clocks leave out.
    """

    today: bool = False
    aside: bool = False
    current: bool = False
    target: bool = False


@dataclass(frozen=True, slots=True)
class StepLook:
    """The states that change how a step looks. `opened`: its lead stands beside the calendar."""

    current: bool = False
    opened: bool = False
    faded: bool = False
    late: bool = False


class GridPainter:
    """Made anew for each theme: it holds the fonts and what was measured with them."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._texts = TextPainter(theme.font(TextSize.SMALL), fast=True)
        self._figures = TextPainter(theme.font(TextSize.SMALL, tabular=True))
        self._strong = TextPainter(theme.font(TextSize.SMALL, strong=True, tabular=True))
        self.line = theme.pixels(20)
        self._time_width = self._figures.advance("00:00") + GRID

    def paint_cell(self, painter: QPainter, place: QRect, look: CellLook, day: dt.date | None) -> None:
        """The ground of a cell, the lines beside it, and its day where it stands for one."""
        palette = self._theme.palette
        if look.target:
            painter.fillRect(place, colour(palette.selected))
        elif look.aside:
            painter.fillRect(place, colour(palette.window))
        painter.fillRect(place.right(), place.y(), 1, place.height(), colour(palette.line))
        painter.fillRect(place.x(), place.bottom(), place.width(), 1, colour(palette.line))
        if day is not None:
            self._paint_day(painter, place, look, day)
        if look.current or look.target:
            draw_focus_ring(painter, place.adjusted(0, 0, -1, -1), palette.focus, Radius.CHIP)

    def paint_step(self, painter: QPainter, place: QRect, row: LeadRow, look: StepLook) -> None:
        """One step: when, whose and what, tinted where its time has passed."""
        tone = self._theme.tone(Tone.DANGER if look.late else Tone.INFO)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_FADED if look.faded or row.deleted else 1.0)
        chip = QRectF(place).adjusted(0, 1, 0, -1)
        painter.setPen(QPen(colour(tone.strong), 1.5) if look.opened else Qt.PenStyle.NoPen)
        painter.setBrush(colour(tone.ground))
        painter.drawRoundedRect(chip, Radius.CHIP, Radius.CHIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tone.strong))
        painter.drawRoundedRect(QRectF(chip.x(), chip.y(), 3, chip.height()), 1.5, 1.5)
        words = place.adjusted(GRID, 0, -GRID // 2, 0)
        self._figures.draw(painter, words, step_time(row), colour(tone.text))
        self._texts.draw(painter, words.adjusted(self._time_width, 0, 0, 0), step_title(row), colour(tone.text))
        painter.restore()
        if look.current:
            draw_focus_ring(painter, place, self._theme.palette.focus, Radius.CHIP)

    def paint_held(self, painter: QPainter, place: QRect, time: str, row: LeadRow) -> None:
        """The step that is held, where it would be."""
        palette = self._theme.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.accent))
        painter.drawRoundedRect(QRectF(place).adjusted(0, 1, 0, -1), Radius.CHIP, Radius.CHIP)
        words = place.adjusted(GRID, 0, -GRID // 2, 0)
        self._strong.draw(painter, words, time, colour(palette.on_accent))
        self._texts.draw(painter, words.adjusted(self._time_width, 0, 0, 0), step_title(row), colour(palette.on_accent))
        painter.restore()

    def paint_more(self, painter: QPainter, place: QRect, count: int, *, current: bool) -> None:
        """How many more there are than fit."""
        text = plural(count, "+%n more", "+%n more")
        self._texts.draw(painter, place.adjusted(GRID, 0, 0, 0), text, colour(self._theme.palette.text_muted))
        if current:
            draw_focus_ring(painter, place, self._theme.palette.focus, Radius.CHIP)

    def paint_note(self, painter: QPainter, place: QRect, text: str) -> None:
        """A quiet word in the middle of a cell."""
        self._texts.draw(painter, place, text, colour(self._theme.palette.text_faint), Align.CENTRE)

    def paint_now(self, painter: QPainter, place: QRect, share: float) -> None:
        """A line at the present minute, so far down a cell."""
        value = colour(self._theme.tone(Tone.DANGER).strong)
        y = place.y() + int(place.height() * share)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(value, 2))
        painter.drawLine(QPointF(place.x(), y), QPointF(place.right(), y))
        painter.setBrush(value)
        painter.drawEllipse(QPointF(place.x() + 3, y), 3, 3)
        painter.restore()

    def _paint_day(self, painter: QPainter, place: QRect, look: CellLook, day: dt.date) -> None:
        palette = self._theme.palette
        disc = QRect(place.x() + GRID // 2, place.y() + 3, self._theme.pixels(22), self._theme.pixels(22))
        text = str(day.day)
        if look.today:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.accent))
            painter.drawEllipse(disc)
            painter.restore()
            self._strong.draw(painter, disc, text, colour(palette.on_accent), Align.CENTRE)
        else:
            value = palette.text_faint if look.aside else palette.text
            self._figures.draw(painter, disc, text, colour(value), Align.CENTRE)
        if day.day == 1 and not look.today:
            month = disc.translated(disc.width(), 0)
            month.setWidth(place.width() - disc.width() - GRID)
            self._texts.draw(painter, month, f"{day:%B}", colour(palette.text_muted))
