"""`Notifier`: the one mouth for messages. A message says what happened, what was kept, and what to do."""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from fleetdesk.errors import Defect, FleetDeskError, Unavailable, UserError
from fleetdesk.qt.look.text import tr

__all__ = ["Level", "Message", "MessageAction", "MessageRecorder", "Notifier", "Pending", "Question", "message_for"]

log = logging.getLogger(__name__)


class Level(enum.Enum):
    """How much a message matters. Errors stay until they are closed; the others go by themselves."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class MessageAction:
    """The one button that a message may carry, such as Undo."""

    text: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Message:
    """`what` happened, what was `kept`, what to `do`; a newer message with the same `key` replaces the older.

    `more` are further buttons, which leave the message where it is. One that `stays` goes only when it is closed; one
    with `seconds` goes after so many, whoever reads it: by then it no longer holds.
    """

    level: Level
    what: str
    kept: str = ""
    do: str = ""
    action: MessageAction | None = None
    key: str = ""
    more: tuple[MessageAction, ...] = ()
    stays: bool = False
    seconds: float | None = None

    @property
    def text(self) -> str:
        """The sentences in one line, as a screen reader says them."""
        return " ".join(part for part in (self.what, self.kept, self.do) if part)


@dataclass(frozen=True, slots=True)
class Question:
    """A decision that cannot be taken back, or that the person must take before going on.

    `confirm` is the verb on the button ("Delete 12 leads"), never "Yes". `sudden`: nothing that the person just did
    brings it, so that they may be typing something else.
    """

    title: str
    text: str
    confirm: str
    dangerous: bool = False
    sudden: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A question on its way to the person. Whoever shows it calls `confirm` or simply lets it go."""

    question: Question
    confirm: Callable[[], None]


class Notifier(QObject):
    """Views speak to people through this alone; whoever shows messages listens to its signals."""

    posted = Signal(object)  # Message
    withdrawn = Signal(str)  # the key of a message that no longer holds
    asked = Signal(object)  # Pending

    def say(self, message: Message) -> None:
        """Show a message."""
        self.posted.emit(message)

    def info(self, what: str, *, do: str = "", action: MessageAction | None = None, key: str = "") -> None:
        """Something worth knowing."""
        self.say(Message(Level.INFO, what, do=do, action=action, key=key))

    def success(self, what: str, *, action: MessageAction | None = None, key: str = "") -> None:
        """What the person asked for is done; `action` is where Undo goes."""
        self.say(Message(Level.SUCCESS, what, action=action, key=key))

    def warning(
        self, what: str, *, kept: str = "", do: str = "", action: MessageAction | None = None, key: str = ""
    ) -> None:
        """Something did not go as asked, and nothing is lost."""
        self.say(Message(Level.WARNING, what, kept, do, action, key))

    def error(
        self, what: str, *, kept: str = "", do: str = "", action: MessageAction | None = None, key: str = ""
    ) -> None:
        """Something failed and needs the person."""
        self.say(Message(Level.ERROR, what, kept, do, action, key))

    def failed(self, error: BaseException) -> None:
        """Say an error in the words it carries; one that nobody foresaw is logged and told as ours."""
        self.say(message_for(error))

    def withdraw(self, key: str) -> None:
        """Take back the message with this key: it no longer holds."""
        self.withdrawn.emit(key)

    def ask(self, question: Question, on_confirm: Callable[[], None]) -> None:
        """Ask without blocking; `on_confirm` runs only if the person confirms."""
        self.asked.emit(Pending(question, on_confirm))


def message_for(error: BaseException) -> Message:
    """The message for an error: what the person can mend is a warning, the rest is an error."""
    if isinstance(error, FleetDeskError) and not isinstance(error, Defect):
        mild = isinstance(error, UserError | Unavailable)
        return Message(Level.WARNING if mild else Level.ERROR, error.what, error.kept, error.do)
    log.error("unforeseen error", exc_info=error)
    return Message(
        Level.ERROR,
        tr("Something went wrong inside FleetDesk."),
        tr("What you saved before is kept."),
        tr("Try again. If it happens again, send the log from Settings › Diagnostics."),
    )


class MessageRecorder(QObject):
    """Keeps what a notifier said and asked: for tests, and for the list of recent messages."""

    def __init__(self, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.messages: list[Message] = []
        self.pending: list[Pending] = []
        notifier.posted.connect(self._keep_message)
        notifier.asked.connect(self._keep_question)

    @property
    def texts(self) -> list[str]:
        """Every message so far, as one line each."""
        return [message.text for message in self.messages]

    def confirm(self) -> None:
        """Confirm the oldest question that waits."""
        self.pending.pop(0).confirm()

    def _keep_message(self, message: Message) -> None:
        self.messages.append(message)

    def _keep_question(self, pending: Pending) -> None:
        self.pending.append(pending)
