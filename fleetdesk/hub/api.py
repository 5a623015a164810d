"""The endpoints of `protocol.py`: each turns a message into one call of the hub's parts, and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from fleetdesk.errors import Refused, SignInNeeded
from fleetdesk.hub.audit import Origin
from fleetdesk.hub.bodies import is_small, read_json
from fleetdesk.hub.devices import SignedRequest
from fleetdesk.hub.document import BYTES, EVENTS, PULL_LINES, ROW_LINES, complete
from fleetdesk.hub.frame import RequestFrame
from fleetdesk.hub.holding_back import HoldBack
from fleetdesk.hub.metrics import Measured
from fleetdesk.hub.problems import install_handlers
from fleetdesk.hub.run_secret import RunSecret
from fleetdesk.hub.service import Hub
from fleetdesk.hub.streaming import LineStream
from fleetdesk.hub.tokens import Identity
from fleetdesk.hub.wire import compressed
from fleetdesk.protocol import (
    BytesStanding,
    HandedIn,
    Hello,
    LoadPlan,
    LoadRequest,
    LoadTableRequest,
    NewDevice,
    PullRequest,
    PushAnswer,
    PushRequest,
    Registered,
    TakenIn,
    Welcome,
)

__all__ = ["create_app"]


def create_app(hub: Hub) -> FastAPI:
    """The application that serves this hub, and runs its watcher and chores as long as it runs."""
    app = FastAPI(
        title="FleetDesk hub",
        version=version("fleetdesk"),
        summary="What laptops ask of the hosted half",
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.hub = hub
    app.include_router(_router)
    if hub.run_secret:
        app.add_middleware(RunSecret, secret=hub.run_secret)
    app.add_middleware(RequestFrame, rates=hub.rates)
    app.add_middleware(Measured, metrics=hub.metrics)
    app.add_middleware(HoldBack, seconds=hub.settings.hold_back_seconds)
    install_handlers(app)
    complete(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hub: Hub = app.state.hub
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(work) for work in (hub.watcher.run(), *(chore.run() for chore in hub.chores))]
        yield
        for task in running:
            task.cancel()


class _StrictRequest(Request):
    """Reads JSON as `read_json` does."""

    async def json(self) -> object:
        return read_json(await self.body())


class _StrictRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            strict = _StrictRequest(request.scope, request.receive)
            admit = _admission(strict.url.path)
            if admit is not None:
                # Before anything of the body is parsed, which FastAPI would do first; and of a large one, before it is
                # read, as far as its head tells.
                credentials = await _bearer(strict)
                hub, origin = await _hub_of(strict), await _origin_of(strict)
                if not is_small(strict.headers):
                    await run_in_threadpool(_demand_known, strict, hub, credentials, origin)
                signed = _signed_request(strict, await strict.body())
                await run_in_threadpool(admit, strict, hub, credentials, origin, signed)
            return await handle(strict)

        return handle_strictly


_DEVICES, _HOOKS, _QUARANTINE = "/v1/devices", "/v1/hooks/", "/v1/quarantine"
_router = APIRouter(route_class=_StrictRoute)
_bearer = HTTPBearer(auto_error=False, description="A session token of the identity provider.")


async def _hub_of(request: Request) -> Hub:  # as a plain function it would be run on another thread
    hub: Hub = request.app.state.hub
    return hub


_Hub = Annotated[Hub, Depends(_hub_of)]


async def _origin_of(request: Request) -> Origin:
    return Origin(request.client.host if request.client else None, request.state.request_id)


_Origin = Annotated[Origin, Depends(_origin_of)]


def _identity_of(
    request: Request,
    hub: _Hub,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    origin: _Origin,
) -> Identity:
    known: Identity | None = getattr(request.state, "identity", None)
    if known is not None:
        return known
    if credentials is None:
        raise SignInNeeded("The request names no session.", do="Sign in.")
    # On a thread of its own: the issuer may have to be asked for a new key.
    try:
        identity = hub.identify(credentials.credentials, origin)
    except (SignInNeeded, Refused):
        hub.rates.admit_stranger(origin.address)
        raise
    request.state.identity = identity
    return identity


_ByToken = Annotated[Identity, Depends(_identity_of)]
"""Whom a token names. It may be a copy: whatever is asked by it alone uses up nothing of that person's."""


def _stranger_identity_of(hub: _Hub, identity: _ByToken, origin: _Origin) -> Identity:
    hub.rates.admit_stranger(origin.address)
    return identity


_SignedIn = Annotated[Identity, Depends(_stranger_identity_of)]
"""Who asks, by a token alone."""


def _demand_known(request: Request, hub: Hub, credentials: HTTPAuthorizationCredentials | None, origin: Origin) -> None:
    """Raise what refuses whoever sends a large body, before it is read: what it is signed by, only all of it tells."""
    if request.url.path == _QUARANTINE:
        with _told_apart(hub, origin):
            hub.devices.demand_revoked(_signed_request(request, b""))
    else:
        identity = _identity_of(request, hub, credentials, origin)
        with _told_apart(hub, origin):
            hub.devices.demand_own(identity, _signed_request(request, b""))


async def _piece_of(request: Request) -> bytes:
    return await request.body()


_Piece = Annotated[bytes, Depends(_piece_of)]


async def _signed_request_of(request: Request, body: _Piece) -> SignedRequest:
    return _signed_request(request, body)


def _signed_request(request: Request, body: bytes) -> SignedRequest:
    query: bytes = request.scope["query_string"]
    path: bytes = request.scope["raw_path"]
    return SignedRequest(request.method, path.decode("latin-1"), query.decode("latin-1"), request.headers, body)


_SignedRequest = Annotated[SignedRequest, Depends(_signed_request_of)]


def _admit(
    request: Request, hub: Hub, credentials: HTTPAuthorizationCredentials | None, origin: Origin, signed: SignedRequest
) -> None:
    """Raise what refuses a request that is not from a device of whom the token names."""
    identity = _identity_of(request, hub, credentials, origin)
    with _told_apart(hub, origin), hub.denials.told("hub.device", identity, origin):
        admitted = hub.admit(identity, signed)
    hub.rates.admit_person(identity.subject)
    if admitted.device is not None:
        hub.rates.admit_device(admitted.device.device_id)
    request.state.admitted = admitted


def _admit_revoked(
    request: Request, hub: Hub, _credentials: HTTPAuthorizationCredentials | None, origin: Origin, signed: SignedRequest
) -> None:
    """Raise what refuses a request that is not from a revoked device."""
    with _told_apart(hub, origin):
        device_id = hub.devices.admit_revoked(signed)
    hub.rates.admit_device(device_id)
    request.state.admitted = device_id


_Admission = Callable[[Request, Hub, HTTPAuthorizationCredentials | None, Origin, SignedRequest], None]


def _admission(path: str) -> _Admission | None:
    """What admits requests of that path; None where the endpoint itself says who may ask."""
    if not path.startswith("/v1/") or path == _DEVICES or path.startswith(_HOOKS):
        return None
    return _admit_revoked if path == _QUARANTINE else _admit


@contextmanager
def _told_apart(hub: Hub, origin: Origin) -> Iterator[None]:
    """Count whoever is refused here as a stranger, whomever the token names."""
    try:
        yield
    except Refused:
        hub.rates.admit_stranger(origin.address)
        raise


async def _admitted_identity_of(
    request: Request, _credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Identity:
    admitted = request.state.admitted
    assert isinstance(admitted, Identity), "its path is admitted by `_admit`"
    return admitted


_Identity = Annotated[Identity, Depends(_admitted_identity_of)]
"""Who asks, by a token and by the signature of a device of theirs."""


async def _revoked_device_of(request: Request) -> str:
    return str(request.state.admitted)


_RevokedDevice = Annotated[str, Depends(_revoked_device_of)]
"""The revoked device that signed the request."""


@_router.get("/livez")
async def live() -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "live"}


@_router.get("/readyz")
def ready(hub: _Hub) -> dict[str, str]:
    """Whether the database can be reached and is of this version; beside it, that somebody should look after the hub.

    Why, its log says: strangers may ask here.
    """
    hub.demand_ready()
    return {"status": "ready"} | ({"attention": "needed"} if hub.needs_attention() else {})


@_router.get("/openapi.json", include_in_schema=False)
def describe(
    request: Request,
    hub: _Hub,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    origin: _Origin,
) -> JSONResponse:
    """The OpenAPI document, for whom the settings let read it."""
    if hub.settings.openapi == "off":
        raise HTTPException(404, "Not Found")
    if hub.settings.openapi == "staff":
        identity = _identity_of(request, hub, credentials, origin)
        with hub.denials.told("hub.openapi", identity, origin):
            hub.demand_staff(identity)
    return JSONResponse(request.app.openapi())


@_router.post(_HOOKS + "clerk")
def take_clerk_hook(*, request: Request, event: _Piece, hub: _Hub) -> dict[str, str]:
    """Hear that something changed at Clerk. Asks for its signature instead of a token."""
    if hub.clerk_hook is None:
        raise HTTPException(404, "Clerk's events are not expected here")
    try:
        hub.clerk_hook.take(request.headers, event)
    except Refused as error:
        raise HTTPException(400, error.what) from error
    return {"status": "taken"}


@_router.post(_DEVICES)
def register_device(
    message: NewDevice, hub: _Hub, identity: _SignedIn, origin: _Origin, signed: _SignedRequest
) -> Registered:
    """Register the key that signs this request, right after a sign-in that committed to it."""
    with hub.denials.told("hub.register_device", identity, origin):
        return hub.devices.register(message, identity, signed)


@_router.post("/v1/hello")
def hello(message: Hello, hub: _Hub, identity: _Identity, origin: _Origin) -> Welcome:
    """Introduce a laptop."""
    with hub.denials.told("hub.hello", identity, origin, message.laptop_id):
        hub.devices.heard(
            identity.device,
            app_version=message.app_version,
            waiting=message.waiting,
            lease_hours=message.lease_hours,
        )
        return hub.greeter.greet(message, identity)


@_router.post("/v1/push")
def push(message: PushRequest, hub: _Hub, identity: _Identity, origin: _Origin) -> PushAnswer:
    """Offer commands, in the laptop's order."""
    with hub.denials.told("hub.push", identity, origin, message.laptop_id):
        answer = hub.push.accept(message, identity, origin)
    hub.metrics.decided(receipt.verdict for receipt in answer.receipts)
    return answer


@_router.post("/v1/pull", status_code=200, response_class=LineStream, responses=PULL_LINES)
def pull(message: PullRequest, hub: _Hub, identity: _Identity, origin: _Origin) -> LineStream:
    """Ask for what changed since a cursor."""
    with hub.denials.told("hub.pull", identity, origin, message.laptop_id):
        hub.devices.heard(identity.device, waiting=message.waiting)
        return LineStream(compressed(hub.feed.pull(message, identity)))


@_router.post("/v1/load")
def plan_load(message: LoadRequest, hub: _Hub, identity: _Identity, origin: _Origin) -> LoadPlan:
    """Ask what there is to load."""
    with hub.denials.told("hub.load", identity, origin, message.laptop_id):
        return hub.loader.plan(message, identity)


@_router.post("/v1/load/{table}", status_code=200, response_class=LineStream, responses=ROW_LINES)
def load_table(table: str, message: LoadTableRequest, hub: _Hub, identity: _Identity, origin: _Origin) -> LineStream:
    """Ask for a table's rows, in key order."""
    if table not in hub.platform.schema:
        raise HTTPException(404, "There is no such table")
    with hub.denials.told("hub.load", identity, origin, message.laptop_id):
        return LineStream(compressed(hub.loader.rows(table, message, identity)))


@_router.post("/v1/documents/{document_id}/bytes")
def bytes_standing(document_id: str, hub: _Hub, identity: _Identity, origin: _Origin) -> BytesStanding:
    """Ask from where on a document's bytes are to be sent."""
    with hub.denials.told("hub.send_bytes", identity, origin):
        return hub.document_bytes.standing(document_id, identity)


@_router.put("/v1/documents/{document_id}/bytes/{place}")
def take_bytes(
    document_id: str, place: int, *, piece: _Piece, hub: _Hub, identity: _Identity, origin: _Origin
) -> BytesStanding:
    """Send the next piece of a document's bytes."""
    with hub.denials.told("hub.send_bytes", identity, origin):
        return hub.document_bytes.take(document_id, place, piece, identity)


@_router.get("/v1/documents/{document_id}/bytes/{place}", response_class=Response, responses=BYTES)
def give_bytes(document_id: str, place: int, hub: _Hub, identity: _Identity, origin: _Origin) -> Response:
    """Ask for a document's bytes, from the beginning of a piece on."""
    with hub.denials.told("hub.get_bytes", identity, origin):
        found = hub.document_bytes.give(document_id, place, identity)
    if found is None:
        raise HTTPException(404, "The hub does not have these bytes")
    return Response(found, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


@_router.post(_QUARANTINE)
def hand_in(message: HandedIn, hub: _Hub, device_id: _RevokedDevice) -> TakenIn:
    """Hand in what waits on a laptop that was revoked. Asks for its signature instead of a token."""
    return hub.quarantine.take(message, device_id)


@_router.get("/v1/events", response_class=StreamingResponse, responses=EVENTS)
def events(hub: _Hub, identity: _Identity, origin: _Origin) -> StreamingResponse:
    """Listen: an event without data says that there is something to pull."""
    # The second header keeps a proxy between from collecting what should go on at once.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    with hub.denials.told("hub.events", identity, origin):
        return StreamingResponse(hub.listen(identity), media_type="text/event-stream", headers=headers)
