"""A sandbox of Clerk: a real HTTP server that keeps one organisation, and misbehaves on demand.

It answers as Clerk's description of its Backend API (2025-11-10) says, with all the fields that it calls required, and
turns away what that does not allow: another key, a page of more than 500, an unknown role or order.
"""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from fleetdesk.models.access import ORGANISATION, Role

__all__ = ["KEY", "ORGANISATION_ID", "ClerkSandbox", "Fault", "Person"]

KEY = "sk_test_sandbox"
ORGANISATION_ID = "org_2staff"
_ROLES = frozenset({f"org:{role}" for role in Role if role is not Role.SYSTEM} | {"org:admin", "org:member"})
_ORDERS = frozenset({"phone_number", "email_address", "created_at", "first_name", "last_name", "username"})
_PERSON = ("first_name", "last_name", "image_url", "has_image")
_EPOCH = 1_700_000_000_000


@dataclass(frozen=True)
class Person:
    """An account, and its membership if `role` names one. `number` orders them by age."""

    id: str
    number: int
    role: str | None
    email: str
    first_name: str | None = "Person"
    last_name: str | None = ""
    image_url: str = "https://img.clerk.com/x"
    has_image: bool = False
    identifier: str | None = None
    banned: bool = False
    deprovisioned: bool = False


@dataclass(frozen=True)
class Fault:
    """What becomes of the next request of that method, about what its path ends with: another answer, or none.

    With `lost` it is done and never answered, with `deaf` not even done.
    """

    method: str = ""
    about: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    lost: bool = False
    deaf: bool = False
    meanwhile: Callable[[], object] | None = None
    """What happens just after it was done, before it is answered."""


class ClerkSandbox:
    """Serves on loopback from `with` on. What it was asked is in `asked`, as method and path."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.faults: deque[Fault] = deque()
        self.asked: list[str] = []
        self.listed = 0
        self.silent_about_bans = False
        self.role_prefix = True
        self.page_of: Callable[[list[Person]], list[Person]] = lambda people: people
        """What a list holds of those whom it should, for a Clerk that leaves some out."""
        self.hidden: set[str] = set()
        """Whose account a list of accounts leaves out."""
        self.count_of: Callable[[int], int] = lambda count: count
        self.slug = ORGANISATION
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        """The base address, as FLEETDESK_CLERK_ADDRESS names it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def add(self, id: str, role: Role | str | None, **values: Any) -> Person:  # noqa: ANN401
        """Somebody with an account, and a membership where a role is given."""
        key = f"org:{role}" if isinstance(role, Role) else role
        email = values.pop("email", f"{id.removeprefix('user_')}@example.com")
        with self._lock:
            person = Person(id, next(self._numbers), key, email, **values)
            self.people[id] = person
        return person

    def change(self, id: str, **values: Any) -> None:  # noqa: ANN401
        """Somebody as an administrator at Clerk changes them."""
        with self._lock:
            self.people[id] = replace(self.people[id], **values)

    def remove(self, id: str) -> None:
        """Delete the account."""
        with self._lock:
            del self.people[id]

    def count(self, method: str) -> int:
        """How often it was asked something by that method."""
        return Counter(line.split()[0] for line in self.asked)[method]

    # ---------------------------------------------------------------------------------------------- what it answers

    def answer(self, method: str, target: str, key: str, body: bytes) -> tuple[int, Mapping[str, str], bytes] | None:
        """Status, headers and body; None where the connection is to be cut."""
        url = urlsplit(target)
        with self._lock:
            self.asked.append(f"{method} {url.path}")
            fault = self._fault(method, url.path)
            if fault is not None and fault.deaf:
                return None
            if fault is not None and fault.status:
                told = _error("fault", "A fault of the sandbox") if fault.body is None else fault.body
                return fault.status, fault.headers, told
            status, answered = self._do(method, url.path, parse_qs(url.query), key, body)
            if fault is not None and fault.meanwhile is not None:
                fault.meanwhile()
            if fault is not None and fault.lost:
                return None
            if fault is not None and fault.body is not None:
                answered = fault.body
            return status, {}, answered

    def _fault(self, method: str, path: str) -> Fault | None:
        if self.faults and self.faults[0].method in ("", method) and path.endswith(self.faults[0].about):
            return self.faults.popleft()
        return None

    def _do(self, method: str, path: str, query: Mapping[str, list[str]], key: str, body: bytes) -> tuple[int, bytes]:
        if key != f"Bearer {KEY}":
            return 401, _error("authentication_invalid", "Invalid authentication")
        match [method, *(unquote(part) for part in path.removeprefix("/v1/").split("/"))]:
            case ["GET", "organizations", name] if name in (ORGANISATION_ID, self.slug):
                return 200, _json(self._organisation())
            case ["GET", "organizations", id, "memberships"] if id == ORGANISATION_ID:
                return self._list(query)
            case ["PATCH", "organizations", id, "memberships", user] if id == ORGANISATION_ID:
                return self._change_role(user, json.loads(body))
            case ["GET", "users"]:
                return self._users(query)
            case ["GET", "users", user] if user in self.people:
                return 200, _json(self._user(self.people[user]))
            case ["POST", "users", user, ("ban" | "unban") as verb] if user in self.people:
                self.change(user, banned=verb == "ban")
                return 200, _json(self._user(self.people[user]))
        return 404, _error("resource_not_found", "Resource not found")

    def _list(self, query: Mapping[str, list[str]]) -> tuple[int, bytes]:
        limit, offset = int(query.get("limit", ["10"])[0]), int(query.get("offset", ["0"])[0])
        order, wanted = query.get("order_by", ["-created_at"])[0], query.get("user_id", [])
        if not 1 <= limit <= 500 or offset < 0 or order.lstrip("+-") not in _ORDERS or len(wanted) > 100:
            return 422, _error("form_param_invalid", "is invalid")
        members = sorted((person for person in self.people.values() if person.role), key=lambda it: it.number)
        if order.startswith("-"):
            members.reverse()
        if wanted:
            chosen = [person for person in members if person.id in wanted]
        else:
            chosen = self.page_of(members)
            self.listed += offset == 0
        data = [self._membership(person) for person in chosen[offset : offset + limit]]
        return 200, _json({"data": data, "total_count": self.count_of(len(chosen))})

    def _users(self, query: Mapping[str, list[str]]) -> tuple[int, bytes]:
        limit, wanted = int(query.get("limit", ["10"])[0]), query.get("user_id", [])
        if not 1 <= limit <= 500 or len(wanted) > 100:
            return 422, _error("form_param_invalid", "is invalid")
        shown = [person for person in self.people.values() if person.id not in self.hidden]
        found = sorted((it for it in shown if not wanted or it.id in wanted), key=lambda it: -it.number)
        return 200, _json([self._user(person) for person in found[:limit]])

    def _change_role(self, user: str, asked: Mapping[str, Any]) -> tuple[int, bytes]:
        person = self.people.get(user)
        if person is None or person.role is None:
            return 404, _error("resource_not_found", "Resource not found")
        if asked.get("role") not in _ROLES:
            return 422, _error("form_param_value_invalid", "is not a role of this instance")
        self.change(user, role=asked["role"])
        return 200, _json(self._membership(self.people[user]))

    def _organisation(self) -> dict[str, Any]:
        return {
            "object": "organization",
            "id": ORGANISATION_ID,
            "name": "Platform",
            "slug": self.slug,
            "image_url": "https://img.clerk.com/o",
            "has_image": False,
            "max_allowed_memberships": 0,
            "admin_delete_enabled": True,
            "public_metadata": {},
            "private_metadata": {},
            "created_at": _EPOCH,
            "updated_at": _EPOCH,
        }

    def _membership(self, person: Person) -> dict[str, Any]:
        bans = {} if self.silent_about_bans else {"banned": person.banned, "deprovisioned": person.deprovisioned}
        role = str(person.role)
        return {
            "object": "organization_membership",
            "id": f"orgmem_{person.id}",
            "role": role if self.role_prefix else role.removeprefix("org:"),
            "role_name": role,
            "permissions": [],
            "public_metadata": {},
            "private_metadata": {},
            "organization": self._organisation(),
            "public_user_data": {
                "user_id": person.id,
                **{name: getattr(person, name) for name in _PERSON},
                "profile_image_url": person.image_url,
                "identifier": person.identifier or person.email,
                **bans,
            },
            "created_at": _EPOCH + person.number,
            "updated_at": _EPOCH + person.number,
        }

    def _user(self, person: Person) -> dict[str, Any]:
        nothing = ("username", "external_id", "primary_phone_number_id", "primary_web3_wallet_id", "last_sign_in_at")
        never = ("last_active_at", "mfa_enabled_at", "mfa_disabled_at", "legal_accepted_at")
        unused = ("lockout_expires_in_seconds", "verification_attempts_remaining")
        none = ("phone_numbers", "web3_wallets", "passkeys", "external_accounts", "saml_accounts")
        off = ("two_factor_enabled", "totp_enabled", "backup_code_enabled", "locked", "delete_self_enabled")
        address = {
            "object": "email_address",
            "id": f"idn_{person.id}",
            "email_address": person.email,
            "reserved": False,
            "verification": None,
            "linked_to": [],
            "created_at": _EPOCH,
            "updated_at": _EPOCH,
        }
        return {
            "object": "user",
            "id": person.id,
            **{name: getattr(person, name) for name in _PERSON},
            **dict.fromkeys((*nothing, *never, *unused)),
            **{name: [] for name in (*none, "enterprise_accounts")},
            **dict.fromkeys(off, False),
            "primary_email_address_id": address["id"] if person.email else None,
            "email_addresses": [address] if person.email else [],
            "password_enabled": True,
            "create_organization_enabled": False,
            "public_metadata": {},
            "banned": person.banned,
            "deprovisioned": person.deprovisioned,
            "created_at": _EPOCH + person.number,
            "updated_at": _EPOCH + person.number,
        }


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _error(code: str, message: str) -> bytes:
    error = {"message": message, "long_message": message, "code": code, "meta": {}}
    return _json({"errors": [error], "clerk_trace_id": "trace"})


def _handler(sandbox: ClerkSandbox) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = sandbox.answer(self.command, self.path, self.headers.get("Authorization", ""), body)
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, headers, content = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def do_PATCH(self) -> None:
            self.do_GET()

        def log_message(self, *args: object) -> None:
            """Nothing: a test's output is its own."""

    return Handler
