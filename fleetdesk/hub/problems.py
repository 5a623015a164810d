"""Every failure as a Problem (RFC 9457): what the protocol's codes mean in errors of ours, and in statuses of HTTP.

No stack trace and no word of the database leaves the hub; the request's id leads to them in its log.
"""

from __future__ import annotations

import math

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from fleetdesk.errors import (
    BadSignature,
    Busy,
    CursorGone,
    DeviceRevoked,
    DeviceUnknown,
    FleetDeskError,
    Invalid,
    NoRoom,
    NotStaff,
    OutOfOrder,
    OutOfTurn,
    PayloadChanged,
    Refused,
    SignInNeeded,
    TooMany,
    Unavailable,
    UpgradeNeeded,
    UserError,
)
from fleetdesk.protocol import Problem, ProblemCode

__all__ = ["PROBLEM_TYPE", "SECURITY_HEADERS", "ProblemResponse", "defect", "install_handlers", "problem_of"]

PROBLEM_TYPE = "application/problem+json"
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""What every answer carries: should a browser ever be led here, it shows, runs, embeds and tells on nothing."""

_KINDS: tuple[tuple[type[FleetDeskError], ProblemCode, int], ...] = (
    (SignInNeeded, ProblemCode.SIGN_IN, 401),
    (NotStaff, ProblemCode.NOT_STAFF, 403),
    (DeviceUnknown, ProblemCode.DEVICE_UNKNOWN, 403),
    (DeviceRevoked, ProblemCode.DEVICE_REVOKED, 403),
    (BadSignature, ProblemCode.BAD_SIGNATURE, 403),
    (OutOfTurn, ProblemCode.OUT_OF_TURN, 409),
    (OutOfOrder, ProblemCode.OUT_OF_ORDER, 409),
    (PayloadChanged, ProblemCode.PAYLOAD_CHANGED, 409),
    (CursorGone, ProblemCode.CURSOR_GONE, 410),
    (UpgradeNeeded, ProblemCode.UPGRADE_NEEDED, 426),
    (TooMany, ProblemCode.RATE_LIMITED, 429),
    (Busy, ProblemCode.BUSY, 503),
    (Unavailable, ProblemCode.UNAVAILABLE, 503),
    (Invalid, ProblemCode.BAD_REQUEST, 422),
    (NoRoom, ProblemCode.NO_ROOM, 413),
    (Refused, ProblemCode.NOT_ALLOWED, 403),
    (UserError, ProblemCode.BAD_REQUEST, 400),
)
"""The first that fits counts: subclasses stand before their bases."""

_BY_STATUS = {404: ProblemCode.NOT_FOUND, 413: ProblemCode.TOO_LARGE}


class ProblemResponse(Response):
    """A Problem as an answer."""

    media_type = PROBLEM_TYPE

    def __init__(self, problem: Problem) -> None:
        headers = {"Cache-Control": "no-store"}
        if problem.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if problem.retry_after is not None:
            headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
        super().__init__(problem.model_dump_json(exclude_none=True), problem.status, headers)


def install_handlers(app: FastAPI) -> None:
    """Have every failure that is foreseen answered by a Problem; `hub.frame` answers for the others."""
    app.add_exception_handler(FleetDeskError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _plain)


def defect(request_id: str) -> ProblemResponse:
    """The answer to what nobody foresaw."""
    return ProblemResponse(
        Problem(
            code=ProblemCode.DEFECT,
            title="The hub made a mistake over this request; nothing of it was done.",
            do="Try again later. If it stays so, tell us the request's id.",
            status=500,
            request_id=request_id,
        )
    )


def problem_of(error: FleetDeskError, request_id: str) -> ProblemResponse:
    """The answer to an error that is foreseen. Raises it where it is none of those."""
    found = next(((code, status) for kind, code, status in _KINDS if isinstance(error, kind)), None)
    if found is None:
        raise error
    code, status = found
    return ProblemResponse(
        Problem(
            code=code,
            title=error.what,
            do=error.do,
            status=status,
            next_sequence=error.next_sequence if isinstance(error, OutOfOrder) else None,
            next_number=error.next_number if isinstance(error, OutOfTurn) else None,
            retry_after=error.seconds if isinstance(error, Busy) else None,
            request_id=request_id,
        )
    )


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, FleetDeskError), "the handler of that class"
    return problem_of(error, _request_id(request))


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "the handler of that class"
    # The first is enough to find the fault; the values themselves are not repeated.
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return ProblemResponse(
        Problem(
            code=ProblemCode.BAD_REQUEST,
            title=f"The request has not the form that the protocol asks for, at {where}: {first['msg']}.",
            status=422,
            request_id=_request_id(request),
        )
    )


def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "the handler of that class"
    return ProblemResponse(
        Problem(
            code=_BY_STATUS.get(error.status_code, ProblemCode.BAD_REQUEST),
            title=f"{error.detail}.",
            status=error.status_code,
            request_id=_request_id(request),
        )
    )


def _request_id(request: Request) -> str:
    return str(request.state.request_id)
