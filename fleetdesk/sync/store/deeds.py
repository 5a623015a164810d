"""What is remembered of an act while it is done: how each of its commands can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fleetdesk.commands.core import Command
from fleetdesk.commands.workspace import RowChange
from fleetdesk.errors import Refused
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import Verdict
from fleetdesk.sync.files.outbox_acts import Acts, WayBack
from fleetdesk.sync.store.rebase import Outcome
from fleetdesk.sync.store.waiting import Entry
from fleetdesk.sync.store.writer import Writer

__all__ = ["NotAcceptedError", "WaysBack", "changes_of", "demand_accepted"]


class NotAcceptedError(Exception):
    """Leaves a step without a trace, because a command in it was refused."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


def demand_accepted(outcomes: Sequence[Outcome]) -> None:
    """Raise NotAcceptedError with the first refusal, if there is one."""
    for outcome in outcomes:
        if not outcome.accepted:
            raise NotAcceptedError(outcome.verdict)


def changes_of(outcomes: Sequence[Outcome]) -> Changes:
    """All rows that the commands changed."""
    return Changes(frozenset[Key]().union(*(outcome.changed for outcome in outcomes)))


class WaysBack:
    """Asks each command that did something how it can be taken back, while what it changed is known."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._now = writer.clock.now()
        self._ways: dict[str, WayBack] = {}
        self.act: int | None = None
        """The number under which the act was written down."""

    def observe(self, command: Command, changes: Mapping[Key, RowChange]) -> None:
        """An observer of `apply_all`. A command that changed nothing leaves nothing to take back."""
        if changes:
            self._ways[command.id] = self._way(command, changes)

    def of(self, commands: Sequence[Command]) -> list[WayBack]:
        """The ways back of those commands that have something to take back."""
        return [self._ways[command.id] for command in commands if command.id in self._ways]

    def note_act(self, commands: Sequence[Command], *, rowwise: bool) -> Callable[[Acts], None]:
        """What writes the commands down as one act, the latest: nothing that was undone before can be redone."""

        def note(acts: Acts) -> None:
            # A call took place, though the move that was made with it was a slip.
            slip = any(command.needs_second_thoughts for command in commands)
            ways = self.of([command for command in commands if not (slip and command.happened)])
            if ways:
                acts.forget_undone()
                self.act = acts.begin(_said(commands), self._now, rowwise=rowwise)
                acts.add_steps(self.act, ways)

        return note

    def note_standing_in(
        self, before: Sequence[Entry], commands: Sequence[Command], *, first_is_new: bool
    ) -> Callable[[Acts], None]:
        """What writes down that commands have others' places in the acts; the first may be an act of its own."""

        def note(acts: Acts) -> None:
            replaced = list(zip(before, commands, strict=True))
            for entry, command in replaced[1:] if first_is_new else replaced:
                acts.follow(entry.id, self._ways.get(command.id) or self._nothing(command))
            if first_is_new:
                self.note_act(commands[:1], rowwise=False)(acts)

        return note

    def _way(self, command: Command, changes: Mapping[Key, RowChange]) -> WayBack:
        try:
            back = command.taking_back(changes, new_id=new_id, issued_at=self._now)
        except Refused as error:
            return WayBack(command.id, command.target(), None, str(error))
        return WayBack(command.id, command.target(), self._writer.platform.commands.encode(back))

    def _nothing(self, command: Command) -> WayBack:
        return WayBack(command.id, command.target(), None, "Nothing of this was changed here.")


def _said(commands: Sequence[Command]) -> str:
    """What was done, in the words of the last command; many alike, such as an import's, are counted."""
    sentences = {command.sentence() for command in commands}
    last = commands[-1].sentence()
    return f"{last}, {len(commands):,} times" if len(sentences) == 1 < len(commands) else last
