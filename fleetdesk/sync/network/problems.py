"""What an answer that is no success means: the hub's Problem, or a stranger's status, as an error of `errors.py`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from pydantic import ValidationError

from fleetdesk.errors import (
    BadSignature,
    Busy,
    CursorGone,
    DeviceRevoked,
    FleetDeskError,
    NoRoom,
    NotAllowed,
    NotStaff,
    Offline,
    OutOfOrder,
    OutOfTurn,
    PayloadChanged,
    ProtocolError,
    SignInNeeded,
    UpgradeNeeded,
)
from fleetdesk.protocol import Problem, ProblemCode
from fleetdesk.signatures import LARGEST_NUMBER

__all__ = ["LONGEST_WAIT", "PROBLEM_TYPE", "error_of"]

PROBLEM_TYPE = "application/problem+json"
LONGEST_WAIT = 300.0
"""Seconds that a hub may ask us to wait, at most: a mistake of one answer must not silence a laptop for a day."""

_LAST_SEQUENCE = 2**53
"""Nobody ever sent more; files could not number more than 2 ** 63."""
_LONGEST_TEXT, _LONGEST_ID = 400, 80
_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_KEPT = "What waits to be sent is kept."
_UNSENT = "What you had not sent is kept here."


def error_of(status: int, media_type: str, body: bytes, retry_after: str = "") -> FleetDeskError:
    """The error behind an answer with any status but 200. `retry_after` is the header of that name."""
    if media_type == PROBLEM_TYPE:
        try:
            problem = _bounded_texts(Problem.model_validate_json(body))
        except ValidationError:
            return ProtocolError("The hub reported a problem in a form that this version does not know.", kept=_KEPT)
        if problem.code in _GRAVE and status != 403:
            # So much hangs on this word that nothing may be amiss with it.
            return ProtocolError(_reported(problem), kept=_KEPT, do=problem.do)
        return _of_problem(problem)
    return _of_stranger(status, retry_after)


def _bounded_texts(problem: Problem) -> Problem:
    """The problem with texts that fit into a sentence on a screen: whoever answers may have written them."""
    texts = {name: _LINE.sub(" ", getattr(problem, name))[:_LONGEST_TEXT] for name in ("title", "do")}
    return problem.model_copy(update=texts | {"request_id": (problem.request_id or "")[:_LONGEST_ID] or None})


def _of_problem(problem: Problem) -> FleetDeskError:
    try:
        return _BY_CODE[problem.code](problem)
    except KeyError:
        return ProtocolError(_reported(problem), kept=_KEPT, do=problem.do)


def _of_stranger(status: int, retry_after: str) -> FleetDeskError:
    """An answer from something before the hub (a gateway, a captive portal) has no Problem."""
    match status:
        case 401:
            return SignInNeeded("The hub no longer accepts this session.", kept=_KEPT, do="Sign in again.")
        case 429 | 503 if retry_after:
            return Busy("The hub is busy.", seconds=_seconds(retry_after), kept=_KEPT)
        case 429 | 502 | 503 | 504:
            return Offline("The hub cannot be reached behind its gateway.", kept=_KEPT)
        case _:
            return ProtocolError(
                f"What answered is not the hub, or not one of this version (status {status}).",
                kept=_KEPT,
                do="Check the hub's address in the settings.",
            )


def _out_of_order(problem: Problem) -> FleetDeskError:
    if problem.next_sequence is None or not 1 <= problem.next_sequence <= _LAST_SEQUENCE:
        return ProtocolError("The hub refused the order of the changes without saying which it expects.", kept=_KEPT)
    return OutOfOrder(problem.next_sequence)


def _out_of_turn(problem: Problem) -> FleetDeskError:
    if problem.next_number is None or not 1 <= problem.next_number <= LARGEST_NUMBER:
        return ProtocolError("The hub refused a request's number without saying which is free.", kept=_KEPT)
    return OutOfTurn(problem.next_number)


def _cursor_gone(problem: Problem) -> FleetDeskError:
    """The title is the sentence that CursorGone makes of its reason."""
    return CursorGone(problem.title.removeprefix(CursorGone("").what.removesuffix(".")).rstrip("."))


def _upgrade_needed(problem: Problem) -> FleetDeskError:
    return UpgradeNeeded(problem.title, kept=_KEPT, do=problem.do or "Update FleetDesk, then start it again.")


def _busy(problem: Problem) -> FleetDeskError:
    seconds = 1.0 if problem.retry_after is None else _bounded(problem.retry_after)
    return Busy(problem.title, seconds=seconds, kept=_KEPT, do=problem.do)


def _reported(problem: Problem) -> str:
    return f"{problem.title} (request {problem.request_id})" if problem.request_id else problem.title


def _seconds(header: str) -> float:
    """RFC 9110 (10.2.3) also allows a date; whoever sends one is asked again after a minute."""
    try:
        return _bounded(float(header))
    except ValueError:
        return 60.0


def _bounded(seconds: float) -> float:
    return LONGEST_WAIT if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)


_GRAVE = frozenset({ProblemCode.NOT_STAFF, ProblemCode.DEVICE_REVOKED})
_BY_CODE: Mapping[ProblemCode, Callable[[Problem], FleetDeskError]] = {
    ProblemCode.SIGN_IN: lambda problem: SignInNeeded(problem.title, kept=_KEPT, do=problem.do or "Sign in again."),
    ProblemCode.NOT_STAFF: lambda problem: NotStaff(problem.title, kept=_UNSENT, do=problem.do),
    ProblemCode.DEVICE_REVOKED: lambda problem: DeviceRevoked(problem.title, do=problem.do),
    ProblemCode.NOT_ALLOWED: lambda problem: NotAllowed(problem.title, do=problem.do),
    # To sign in once more registers the laptop.
    ProblemCode.DEVICE_UNKNOWN: lambda problem: SignInNeeded(problem.title, kept=_KEPT, do=problem.do),
    ProblemCode.BAD_SIGNATURE: lambda problem: BadSignature(_reported(problem), do=problem.do),
    ProblemCode.NO_ROOM: lambda problem: NoRoom(problem.title, do=problem.do),
    ProblemCode.OUT_OF_TURN: _out_of_turn,
    ProblemCode.OUT_OF_ORDER: _out_of_order,
    ProblemCode.PAYLOAD_CHANGED: lambda problem: PayloadChanged(_reported(problem), kept=_KEPT, do=problem.do),
    ProblemCode.CURSOR_GONE: _cursor_gone,
    ProblemCode.UPGRADE_NEEDED: _upgrade_needed,
    ProblemCode.BUSY: _busy,
    ProblemCode.RATE_LIMITED: _busy,
    ProblemCode.UNAVAILABLE: lambda problem: Offline(problem.title, kept=_KEPT, do=problem.do),
}
