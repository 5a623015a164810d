"""What tests of the board share: to show it, to find a column and its cards, and to take a card by the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.models.stages import Stage
from fleetdesk.queries.leads import LeadRow
from fleetdesk.views.leads.board.board import Board
from fleetdesk.views.leads.board.column import BoardColumn
from fleetdesk.views.leads.modes import Mode
from tests.gui.views import mouse
from tests.gui.views.office import Office

__all__ = ["at_rest", "board", "cards", "drag", "go_to", "ids", "show_board", "stage"]


def show_board(qtbot: QtBot, office: Office) -> Board:
    """Show the board, and wait for its cards."""
    office.leads.mode.choose(Mode.BOARD)
    qtbot.waitUntil(lambda: at_rest(office))
    return board(office)


def board(office: Office) -> Board:
    shown = office.leads.shown.board
    assert shown is not None, "the board is not shown"
    return shown


def at_rest(office: Office) -> bool:
    """Whether every column stands and has its cards."""
    return board(office).lane.complete and office.idle() and all(one.model.ready for one in board(office).lane.columns)


def stage(office: Office, wanted: Stage) -> BoardColumn:
    """The column of a stage."""
    found = board(office).lane.column(wanted)
    assert found is not None, f"there is no column for {wanted}"
    return found


def cards(office: Office, wanted: Stage) -> list[LeadRow]:
    """The cards that were read in a column."""
    model = stage(office, wanted).model
    return [row for at in range(len(model.keys)) if (row := model.row_at(at)) is not None]


def ids(office: Office, wanted: Stage) -> list[str]:
    return [card.id for card in cards(office, wanted)]


def go_to(office: Office, wanted: Stage, row: int = 0) -> QWidget:
    """Give a card the keyboard; gives what has it then."""
    found = stage(office, wanted).cards
    found.go_to(row)
    return found


def drag(office: Office, start: Stage, row: int, to: QPoint) -> None:
    """Take a card by the mouse, and carry it to a point of the screen; the button stays down."""
    found = stage(office, start).cards
    viewport = found.viewport()
    grip = found.place_of(row).center()
    mouse.drag(viewport, grip, viewport.mapFromGlobal(to))
