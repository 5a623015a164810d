"""`Alerts`: what the person should hear of even while FleetDesk stands behind other windows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from fleetdesk.models.base import Key
from fleetdesk.queries.links import Link

__all__ = ["Alert", "Alerts"]


@dataclass(frozen=True, slots=True)
class Alert:
    """A sentence, what may be done about it, and where it leads: to a `record`, by a `link`, or to a `screen`, if any.

    `verb` is on the button that goes there; `more` are further buttons, each with its word and the id of an action of
    the window's. One that `stays` waits for the person. A newer alert with the same `key` replaces the older. One that
    the windows show anyway, such as by a count, is told outside of them alone: it is not `within`.
    """

    what: str
    do: str = ""
    verb: str = ""
    record: Key | None = None
    link: Link | None = None
    screen: str = ""
    key: str = ""
    more: tuple[tuple[str, str], ...] = ()
    stays: bool = False
    within: bool = True


class Alerts(QObject):
    """One for a person, however many windows there are: each alert is told once, in the one place where it is seen."""

    raised = Signal(object)  # Alert

    def tell(self, alert: Alert) -> None:
        """Tell the person."""
        self.raised.emit(alert)
