"""Links that come from outside: a person is asked before one shows anything, for anybody may have made it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject

from fleetdesk.errors import Invalid
from fleetdesk.qt.confirmation import ConfirmationDialog
from fleetdesk.qt.look.text import harmless, isolated, tr
from fleetdesk.qt.notifier import Pending, Question
from fleetdesk.queries.links import Link, parse_link
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.shell.windows import Windows

__all__ = ["OutsideLinks"]

_LONGEST = 300  # characters of a search that are read out in the question; the search field has all of it


class OutsideLinks(QObject):
    """Follows links for the windows of one person. One question at a time: who sends a thousand gets no thousand."""

    def __init__(self, windows: Windows, titles: Mapping[str, str]) -> None:
        """`titles`: what each screen that there is, by its id, is called."""
        super().__init__(windows)
        self._windows = windows
        self._titles = titles
        self._question: ConfirmationDialog | None = None

    def follow(self, text: str) -> None:
        """Bring the front window forward and ask whether it may show what a link asks for; without one, no more.

        What it shows comes into a tab of its own: nothing that the person does is left or replaced for it.
        """
        window = self._windows.come_forward()
        if not text:
            return
        try:
            link = parse_link(text, self._titles.keys())
        except Invalid as error:
            window.bench.notifier.failed(error)
            return
        if not window.has_screen(link.screen):
            window.tell_no_screen()
        elif self._question is not None:
            self._question.activateWindow()  # the window that came forward has the keyboard else
            window.bench.notifier.info(tr("Another link was not followed: answer the question about the first one."))
        else:
            self._ask(window, link)

    def _ask(self, window: MainWindow, link: Link) -> None:
        question = Question(tr("Follow a link?"), _wish(link, self._titles[link.screen]), tr("Show it"), sudden=True)
        asks = ConfirmationDialog(Pending(question, partial(window.open_link_apart, link)), window)
        asks.finished.connect(self._answered)
        self._question = asks
        asks.open()

    def _answered(self) -> None:
        self._question = None


def _wish(link: Link, title: str) -> str:
    """What a link wants, in a sentence; `title` is that of its screen."""
    if link.query and link.view_id:
        wish = tr("A link wants to show “%1”: one of its saved views, with the search “%2”.")
    elif link.view_id:
        wish = tr("A link wants to show “%1”: one of its saved views.")
    elif link.query:
        wish = tr("A link wants to show “%1” with the search “%2”.")
    else:
        wish = tr("A link wants to show “%1”.")
    wish = wish.replace("%1", title).replace("%2", isolated(harmless((link.query or "").strip(), _LONGEST)))
    rest = tr("It opens in a tab of its own, and changes nothing. Any program or web page can make such a link.")
    if link.ignored:
        rest += " " + tr("It asks for more that FleetDesk does not know; that is passed over.")
    return f"{wish} {rest}"
