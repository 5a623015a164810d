"""Every error that FleetDesk raises on purpose, split by whose fault it is.

FleetDeskError
├── UserError               the person can mend it
│   ├── Invalid             a value has the wrong form; names the field
│   ├── Refused             a rule says no; carries a stable code
│   │   ├── NotAllowed      the person's role lacks a permission
│   │   ├── NotStaff        the hub does not, or no longer, take the person in
│   │   ├── DeviceUnknown   the hub knows no key of this laptop's
│   │   ├── DeviceRevoked   a super admin revoked this laptop
│   │   ├── BadSignature    the request is not what the laptop's key signed
│   │   ├── OutOfTurn       the request's number was used; carries the next one
│   │   └── NoRoom          the hub keeps no more of what this laptop hands in
│   ├── BadFile             a file cannot be read as what it claims to be
│   └── BadSettings         a setting is missing or has the wrong form
├── Unavailable             nobody's fault: try again later, nothing is lost
│   ├── Offline             the hub cannot be reached
│   ├── SignInNeeded        the hub no longer accepts this session
│   ├── AlreadyRunning      another process owns what is asked for
│   ├── DiskFull            a file could not grow
│   └── Busy                the other side asks to wait
│       └── TooMany         because we asked too often
├── ReplicaUnusable         the replica file must be made again; the outbox is untouched
├── OutboxUnusable          the outbox file cannot be read: it is set aside, never deleted
├── ProtocolError           the other side answered something that the protocol does not know
│   ├── OutOfOrder          commands were offered out of their order; carries the one expected
│   ├── PayloadChanged      a command came again under its id or number, and is another one
│   ├── CursorGone          the cursor is of another epoch, or too old: load again
│   └── UpgradeNeeded       this version is too old, or too new, for the other side
└── Defect                  a mistake in FleetDesk itself
"""

from __future__ import annotations

__all__ = [
    "NOT_ALLOWED",
    "NOT_STAFF",
    "AlreadyRunning",
    "BadFile",
    "BadSettings",
    "BadSignature",
    "Busy",
    "CursorGone",
    "Defect",
    "DeviceRevoked",
    "DeviceUnknown",
    "DiskFull",
    "FleetDeskError",
    "Invalid",
    "NoRoom",
    "NotAllowed",
    "NotStaff",
    "Offline",
    "OutOfOrder",
    "OutOfTurn",
    "OutboxUnusable",
    "PayloadChanged",
    "ProtocolError",
    "Refused",
    "ReplicaUnusable",
    "SignInNeeded",
    "TooMany",
    "Unavailable",
    "UpgradeNeeded",
    "UserError",
]


NOT_ALLOWED = "not_allowed"
"""The code of NotAllowed."""
NOT_STAFF = "not_staff"
"""The code of NotStaff."""


class FleetDeskError(Exception):
    """What happened, what was kept, and what to do: three sentences that a person may read as they are.

    `kept` and `do` may be empty where there is nothing to say.
    """

    def __init__(self, what: str, *, kept: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.kept = kept
        self.do = do

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.kept, self.do) if part)


class UserError(FleetDeskError):
    """The person can mend it."""


class Invalid(UserError):
    """A value has the wrong form; `field` names it."""

    def __init__(self, field: str, what: str, *, kept: str = "", do: str = "") -> None:
        super().__init__(what, kept=kept, do=do)
        self.field = field


class Refused(UserError):
    """A rule of the domain says no. `code` is stable and travels; `missing` names fields that would mend it."""

    def __init__(self, code: str, what: str, *, missing: tuple[str, ...] = (), kept: str = "", do: str = "") -> None:
        super().__init__(what, kept=kept, do=do)
        self.code = code
        self.missing = missing


class NotAllowed(Refused):
    """The person's role lacks a permission."""

    def __init__(self, what: str, *, do: str = "Ask a super admin if you need it.") -> None:
        super().__init__(NOT_ALLOWED, what, do=do)


class NotStaff(Refused):
    """The hub knows who speaks, and does not, or no longer, take them in: no other session helps."""

    def __init__(self, what: str, *, kept: str = "", do: str = "Ask a super admin.") -> None:
        super().__init__(NOT_STAFF, what, kept=kept, do=do)


class DeviceUnknown(Refused):
    """The hub knows no key of this laptop's: to sign in once more registers it."""

    def __init__(self, what: str, *, do: str = "Sign in again.") -> None:
        super().__init__("device_unknown", what, do=do)


class DeviceRevoked(Refused):
    """A super admin revoked this laptop: it gives back what waits, and forgets everything."""

    def __init__(self, what: str, *, do: str = "") -> None:
        super().__init__("device_revoked", what, do=do)


class BadSignature(Refused):
    """The request is not what the laptop's key signed."""

    def __init__(self, what: str, *, do: str = "") -> None:
        super().__init__("bad_signature", what, do=do)


class OutOfTurn(Refused):
    """The request's number was used before, or is far below those that were; `next_number` is free."""

    def __init__(self, next_number: int) -> None:
        super().__init__("out_of_turn", "A request with this number was here before.", do="Send it anew.")
        self.next_number = next_number


class NoRoom(Refused):
    """The hub keeps no more of what a revoked laptop hands in: nothing of this request was kept."""

    def __init__(self, what: str, *, do: str = "") -> None:
        super().__init__("no_room", what, do=do)


class BadFile(UserError):
    """A file cannot be read as what it claims to be; `row` and `column` where they are known (rows count from 1)."""

    def __init__(
        self, what: str, *, row: int | None = None, column: str | None = None, kept: str = "", do: str = ""
    ) -> None:
        super().__init__(what, kept=kept, do=do)
        self.row = row
        self.column = column


class BadSettings(UserError):
    """A setting is missing or has the wrong form."""


class Unavailable(FleetDeskError):
    """Nobody's fault: try again later, nothing is lost."""


class Offline(Unavailable):
    """The hub cannot be reached."""


class SignInNeeded(Unavailable):
    """The hub no longer accepts this session."""


class AlreadyRunning(Unavailable):
    """Another process owns what is asked for."""


class DiskFull(Unavailable):
    """A file could not grow."""


class Busy(Unavailable):
    """The other side asks to wait `seconds` before the next try."""

    def __init__(self, what: str, *, seconds: float, kept: str = "", do: str = "") -> None:
        super().__init__(what, kept=kept, do=do)
        self.seconds = seconds


class TooMany(Busy):
    """The other side asks to wait, because whoever asks asked too often."""


class ReplicaUnusable(FleetDeskError):
    """The replica file is damaged, foreign or of another key: it must be made again. The outbox is untouched."""


class OutboxUnusable(FleetDeskError):
    """The outbox file cannot be read: it is set aside under another name, never deleted."""


class ProtocolError(FleetDeskError):
    """The other side answered something that the protocol does not know."""


class OutOfOrder(ProtocolError):
    """Commands were offered out of their order; `next_sequence` is the one that the hub expects."""

    def __init__(self, next_sequence: int) -> None:
        super().__init__(f"The hub expects the laptop's command number {next_sequence}.")
        self.next_sequence = next_sequence


class PayloadChanged(ProtocolError):
    """A command came again under its id or sequence, and is another one now: a new stream mends the latter."""


class CursorGone(ProtocolError):
    """The cursor is of another epoch, ahead of the server, or older than the removal log: load again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The local copy must be loaded again: {reason}.", kept="Waiting changes are kept.")
        self.reason = reason


class UpgradeNeeded(ProtocolError):
    """This version is too old, or too new, for the other side."""


class Defect(FleetDeskError):
    """A mistake in FleetDesk itself: never shown as the person's fault."""
