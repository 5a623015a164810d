"""What every command is: a frozen dataclass with a permission, the rows it touches, a version and `apply`.

`apply` is deterministic: ids and `issued_at` are fields, made when the person acts; nothing random and no clock is read
inside it. It checks first and raises Refused (or Invalid); what it returns is the verdict on what it did.
`perform` is the one way to run a command; laptop and hub both call it.
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fleetdesk import commands
from fleetdesk.commands.revising import revision_keys, write_revisions
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Defect, Invalid, Refused, UpgradeNeeded
from fleetdesk.models.access import Access, Actor, Permission
from fleetdesk.models.base import Key, Synced
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import from_plain, to_plain
from fleetdesk.protocol import FieldConflict, Verdict, VerdictKind, WireCommand

__all__ = [
    "APPLIED",
    "LONGEST_TEXT",
    "MERGED",
    "Command",
    "Commands",
    "FieldEdit",
    "conflicting",
    "perform",
    "platform_commands",
    "set_fields",
]

APPLIED = Verdict(kind=VerdictKind.APPLIED)
MERGED = Verdict(kind=VerdictKind.MERGED)
LONGEST_TEXT = 100_000
"""Characters of any text in a command."""
_ENVELOPE = frozenset({"id", "issued_at", "batch"})


@dataclass(frozen=True, kw_only=True)
class Command(ABC):
    """One act of a person. `id` is made with it and never again; `batch` joins commands of one act over many rows."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: ClassVar[str]
    version: ClassVar[int] = 1
    permission: ClassVar[Permission]
    """What every command of this name asks for; `permissions` may ask for more."""
    writes: ClassVar[frozenset[str]]
    """The scopes of the rows that it may write, beyond the audit log; `own` among them is the actor's."""

    id: str
    issued_at: dt.datetime
    batch: str | None = None

    def permissions(self) -> frozenset[Permission]:
        """All that the actor's role has to hold for this one."""
        return frozenset({self.permission})

    @abstractmethod
    def touches(self) -> frozenset[Key]:
        """Every row that `apply` may change, created ones included."""

    def reads(self) -> frozenset[Key]:
        """Rows that `apply` reads beyond those that it touches."""
        return frozenset()

    def rows(self) -> frozenset[Key]:
        """Every row that changes when it is performed: those that it touches, and the revisions written of them."""
        return self._rows

    def creates(self) -> frozenset[Key]:
        """The rows among `touches` that this command brings into being."""
        return frozenset()

    @abstractmethod
    def target(self) -> Key:
        """The row that the audit log names."""

    @abstractmethod
    def sentence(self) -> str:
        """What the person did, in the past tense, without personal data: it stays in the audit log for good."""

    @abstractmethod
    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        """Do it. Raises Refused or Invalid, having changed nothing."""

    @property
    def needs_second_thoughts(self) -> bool:
        """Whether it stays here for a moment before it is sent: a slip may do it, and nothing takes it back after."""
        return False

    @property
    def happened(self) -> bool:
        """Whether it tells of what happened, so that it stays where a slip beside it in the same act is undone."""
        return False

    def insisting(self, conflicts: tuple[FieldConflict, ...], *, id: str, issued_at: dt.datetime) -> Command | None:
        """The command that sets its own values after all, for the conflicts that the person chose; None if none can."""
        return None

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        """The command that takes back what this one did, made from what it replaced (at least one row).

        It is based on what this one left, so that it never overwrites what someone else did since. Raises Refused
        where there is no such command, with why not, in words for the person.
        """
        raise Refused("for_good", "This cannot be undone.")

    @classmethod
    def upcast(cls, payload: dict[str, Any], version: int) -> dict[str, Any]:
        """The payload of an older version in this version's form. Raises UpgradeNeeded where there is no way."""
        raise UpgradeNeeded(f"“{cls.name}” of version {version} is no longer understood.")

    def renewed(self, *, id: str, issued_at: dt.datetime) -> Self:
        """The same act under a new id: a retry of one that was refused."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return type(self)(**{**values, "id": id, "issued_at": issued_at})

    @cached_property
    def _rows(self) -> frozenset[Key]:
        # Whoever performs, keeps or sends a command asks for them.
        touched = self.touches()
        return touched | revision_keys(self.id, touched, self.target())


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One field of an edit: the value that the person saw, and the one that they want. Both plain JSON values."""

    base: Any
    new: Any


def set_fields(row: Synced, edits: Mapping[str, FieldEdit]) -> Verdict:
    """Set each field whose current value is the base or already the new one; report the others as conflicts.

    Field by field: a conflict in one never holds back another. `merged` where someone had already set all of them.
    """
    record = type(row)
    wanted = {name: from_plain(record, name, edit.new) for name, edit in edits.items()}
    new = {name: to_plain(value) for name, value in wanted.items()}
    base = {name: _as_stored(record, name, edit.base) for name, edit in edits.items()}
    current = {name: to_plain(getattr(row, name)) for name in edits}
    conflicts = tuple(
        FieldConflict(
            table=record.__tablename__, row_id=row.id, field=name, base=edit.base, mine=edit.new, theirs=current[name]
        )
        for name, edit in edits.items()
        if current[name] not in (base[name], new[name])
    )
    contested = {conflict.field for conflict in conflicts}
    changed = [name for name in wanted if name not in contested and current[name] != new[name]]
    for name in changed:
        setattr(row, name, wanted[name])
    if conflicts:
        return conflicting(conflicts)
    return APPLIED if changed else MERGED


def _as_stored(record: type[Synced], name: str, value: JsonValue) -> JsonValue:
    """The value in the one form in which rows give it; one that no row can hold as it is."""
    try:
        return to_plain(from_plain(record, name, value))
    except Invalid:
        return value


def conflicting(conflicts: tuple[FieldConflict, ...]) -> Verdict:
    """The verdict that names these conflicts."""
    return Verdict(kind=VerdictKind.CONFLICT, conflicts=conflicts)


def perform(command: Command, db: Workspace, actor: Actor, access: Access) -> Verdict:
    """Authorise and apply one command; a refusal is a verdict, and leaves the rows as they were.

    Database errors pass through: they belong to whoever holds the transaction.
    """
    with db.attempt(command.rows(), command.reads()) as attempt:
        try:
            access.demand(actor, *sorted(command.permissions()))
            _demand_short(command)
            verdict = command.apply(db, actor)
            write_revisions(
                db,
                command_id=command.id,
                action=command.name,
                target=command.target(),
                issued_at=command.issued_at,
                actor=actor,
                batch=command.batch,
            )
        except Refused as error:
            attempt.undo()
            return Verdict(
                kind=VerdictKind.REJECTED, code=error.code, reason=error.what, do=error.do, missing=error.missing
            )
        except Invalid as error:
            attempt.undo()
            return Verdict(
                kind=VerdictKind.REJECTED, code="invalid", reason=error.what, do=error.do, missing=(error.field,)
            )
    return verdict


def _demand_short(command: Command) -> None:
    """Raise Invalid for a text that is longer than any that a command may carry; most fields have a tighter bound."""
    for item in fields(command):
        parts: list[object] = [getattr(command, item.name)]
        while parts:
            part = parts.pop()
            if isinstance(part, str):
                if len(part) > LONGEST_TEXT:
                    raise Invalid(item.name, f"A text has {len(part):,} characters; at most {LONGEST_TEXT:,} fit.")
            elif isinstance(part, Mapping):
                parts += [*part.keys(), *part.values()]
            elif isinstance(part, FieldEdit):
                parts += (part.base, part.new)
            elif isinstance(part, list | tuple | frozenset):
                parts += part


class Commands:
    """Command classes by name: encodes and decodes what travels and what the outbox keeps."""

    def __init__(self, classes: Iterable[type[Command]]) -> None:
        self._classes = {cls.name: cls for cls in classes}
        self._adapters: dict[str, TypeAdapter[Command]] = {}

    def __iter__(self) -> Iterator[type[Command]]:
        return iter(self._classes.values())

    def including(self, *classes: type[Command]) -> Commands:
        """These commands and further ones."""
        return Commands([*self._classes.values(), *classes])

    def encode(self, command: Command) -> WireCommand:
        """The command as it travels."""
        payload: dict[str, Any] = self._adapter(command.name).dump_python(command, mode="json")
        return WireCommand(
            id=command.id,
            name=command.name,
            version=command.version,
            issued_at=command.issued_at,
            batch=command.batch,
            payload={name: value for name, value in payload.items() if name not in _ENVELOPE},
        )

    def decode(self, wire: WireCommand) -> Command:
        """The command behind a message.

        Raises UpgradeNeeded for a name or version that this side does not know, Invalid for a payload of wrong form.
        """
        cls = self._classes.get(wire.name)
        if cls is None or wire.version > cls.version:
            raise UpgradeNeeded(
                f"This side does not know “{wire.name}” of version {wire.version}.", do="Update FleetDesk and retry."
            )
        payload = wire.payload if wire.version == cls.version else cls.upcast(dict(wire.payload), wire.version)
        try:
            return self._adapter(wire.name).validate_python(
                {**payload, "id": wire.id, "issued_at": wire.issued_at, "batch": wire.batch}
            )
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise Invalid(where, f"“{wire.name}” has a value of the wrong form at {where}: {first['msg']}.") from error

    def _adapter(self, name: str) -> TypeAdapter[Command]:
        adapter = self._adapters.get(name)
        if adapter is None:
            try:
                adapter = self._adapters[name] = TypeAdapter(self._classes[name])
            except KeyError:
                raise Defect(f"“{name}” is not a registered command") from None
        return adapter


@cache
def platform_commands() -> Commands:
    """Every command of `fleetdesk.commands`, found by importing its modules."""
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}")
    return Commands(cls for cls in _leaves(Command) if cls.__module__.startswith(commands.__name__ + "."))


def _leaves(cls: type[object]) -> Iterator[type[Command]]:
    for sub in cls.__subclasses__():
        if issubclass(sub, Command) and "name" in sub.__dict__:
            yield sub
        yield from _leaves(sub)
