"""Clerk's Backend API, as far as memberships need it: one organisation's members, their roles, and bans.

Plain HTTP, each request sent once: Clerk knows no idempotency keys, so that what was asked without an answer is looked
up before it is asked again (`providers.clerk_memberships`). The address and the form of each answer are those of
Clerk's own description of the API, version 2025-11-10. An answer of another form is a ProtocolError and believed in
nothing. The secret key is sent to Clerk's address alone, and stands in no error and no log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from fleetdesk.authorities import trust
from fleetdesk.errors import BadSettings, Busy, ProtocolError, Refused, Unavailable
from fleetdesk.models.addresses import is_loopback

__all__ = ["Clerk", "Membership", "Organisation", "PublicUserData", "User"]

_VERSION = "2025-11-10"
_PAGE = 500
_ASKED_FOR_AT_ONCE = 100
_MOST_BYTES = 16 * 1024 * 1024
_SILENCE_SECONDS = 5.0
_REQUEST_SECONDS = 30.0
_MOST_PAGES = 200
_SHORTEST_WAIT, _LONGEST_WAIT = 1.0, 300.0
_TRY_LATER = frozenset({408, 425})


class _Answer(BaseModel):
    """What is not needed is passed over: Clerk may add to its answers."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Organisation(_Answer):
    """An organisation."""

    object: Literal["organization"]
    id: str
    slug: str


class PublicUserData(_Answer):
    """What a membership tells of its person. `identifier` is the address, the telephone number or the name they use.

    Of bans, some answers say nothing; then the user is to be asked for.
    """

    user_id: str
    first_name: str | None
    last_name: str | None
    image_url: str | None = None
    identifier: str | None = None
    banned: bool | None = None
    deprovisioned: bool | None = None


class Membership(_Answer):
    """A person's membership in an organisation. `role` is a key, with or without `org:`."""

    object: Literal["organization_membership"]
    id: str
    role: str
    organization: Organisation
    public_user_data: PublicUserData


class EmailAddress(_Answer):
    """An address, by its id."""

    id: str | None = None
    email_address: str


class User(_Answer):
    """A person with an account. `deprovisioned`: kept out by the company's own directory."""

    object: Literal["user"]
    id: str
    first_name: str | None
    last_name: str | None
    primary_email_address_id: str | None
    email_addresses: tuple[EmailAddress, ...]
    banned: bool
    deprovisioned: bool = False

    @property
    def email(self) -> str:
        """The address that they are written to; empty where there is none."""
        for address in self.email_addresses:
            if address.id is not None and address.id == self.primary_email_address_id:
                return address.email_address
        return ""


class _Memberships(_Answer):
    data: tuple[Membership, ...]
    total_count: int


class _Users(RootModel[tuple[User, ...]]):
    """Accounts, without a count."""


class _Error(_Answer):
    message: str
    code: str


class _Errors(_Answer):
    errors: tuple[_Error, ...]


_A = TypeVar("_A", bound=BaseModel)


class Clerk:
    """One organisation at Clerk. May be asked from many threads.

    All methods raise Busy (too many requests: until its seconds are over nothing is sent), Unavailable (no answer, or
    one of Clerk's own trouble: what was asked may have been done), BadSettings (a key that Clerk does not accept),
    Refused (Clerk says no; its code is Clerk's) and ProtocolError (an answer that makes no sense).
    """

    def __init__(
        self,
        key: str,
        organisation: str,
        *,
        address: str,
        transport: httpx.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`organisation`: its id or its slug. Raises BadSettings for a key or an address that can be none."""
        url = urlsplit(address)
        local = is_loopback(url.hostname or "")
        if not url.hostname or (url.scheme != "https" and not (url.scheme == "http" and local)):
            raise BadSettings("Clerk's address is to be https.", do="Leave FLEETDESK_CLERK_ADDRESS out.")
        if not key.startswith("sk_") or not key.isascii() or not key.isprintable() or " " in key:
            raise BadSettings(
                "The secret key of Clerk has not the form of one.",
                do="Set FLEETDESK_CLERK_SECRET_KEY to the key that begins with sk_, as Clerk's dashboard shows it.",
            )
        self._organisation = organisation
        self._organisation_id = ""
        self._monotonic = monotonic
        self._wait_until = float("-inf")
        self._finding = threading.Lock()
        self._http = httpx.Client(
            base_url=address,
            transport=transport,
            timeout=_SILENCE_SECONDS,
            headers={"Authorization": f"Bearer {key}", "Clerk-API-Version": _VERSION, "Accept": "application/json"},
            **trust(address),
        )

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def organisation(self) -> Organisation:
        """The organisation."""
        return self._ask("GET", f"/organizations/{_part(self._organisation)}", Organisation)

    def memberships(self) -> tuple[Membership, ...]:
        """All of them, one a person. Raises Unavailable where they changed so often meanwhile that no reading agrees.

        Pages are counted from the oldest on, so that whoever joins meanwhile moves nobody; if somebody leaves, one
        may be passed over, which the count betrays, unless somebody joined too: who is missing is to be asked for
        (`memberships_of`) before it is believed.
        """
        for _ in range(3):
            found = self._read_all()
            if found is not None:
                return found
        raise Unavailable("Clerk's list of members changes too fast to be read.", do="It is read again soon.")

    def memberships_of(self, user_ids: Sequence[str]) -> tuple[Membership, ...]:
        """Those of these people that there are."""
        found: list[Membership] = []
        for chosen in _portions(user_ids):
            page = self._page(_asking_for(chosen))
            # What is counted as `total_count` here, members or those asked for, the description doesn't say.
            if any(membership.public_user_data.user_id not in chosen for membership in page.data):
                raise ProtocolError("Clerk's answer is not about the members who were asked for.")
            found += page.data
        return tuple(found)

    def change_role(self, user_id: str, role_key: str) -> Membership:
        """Give a member another role; the membership as it is then."""
        path = f"/organizations/{self._id()}/memberships/{_part(user_id)}"
        return self._ask("PATCH", path, Membership, body={"role": role_key})

    def user(self, user_id: str) -> User:
        """A person's account."""
        return self._ask("GET", f"/users/{_part(user_id)}", User)

    def users_of(self, user_ids: Sequence[str]) -> tuple[User, ...]:
        """The accounts of those of these people who have one."""
        found: list[User] = []
        for chosen in _portions(user_ids):
            users = self._ask("GET", "/users", _Users, asked=_asking_for(chosen)).root
            if any(user.id not in chosen for user in users):
                raise ProtocolError("Clerk's answer is not about the accounts that were asked for.")
            found += users
        return tuple(found)

    def ban(self, user_id: str) -> User:
        """Keep somebody out: their sessions end, and they cannot sign in."""
        return self._ask("POST", f"/users/{_part(user_id)}/ban", User)

    def unban(self, user_id: str) -> User:
        """Let somebody in again."""
        return self._ask("POST", f"/users/{_part(user_id)}/unban", User)

    def _read_all(self) -> tuple[Membership, ...] | None:
        """The whole list, or None where it changed while it was read."""
        found: dict[str, Membership] = {}
        total = 0
        for number in range(_MOST_PAGES):
            page = self._page({"order_by": "+created_at", "limit": _PAGE, "offset": number * _PAGE})
            if number and page.total_count != total:
                return None
            total = page.total_count
            found |= {membership.public_user_data.user_id: membership for membership in page.data}
            if len(page.data) < _PAGE:
                return tuple(found.values()) if len(found) == total else None
        raise ProtocolError("Clerk's list of members does not end.")

    def _page(self, asked: dict[str, Any]) -> _Memberships:
        page = self._ask("GET", f"/organizations/{self._id()}/memberships", _Memberships, asked=asked)
        if page.total_count < 0 or any(membership.organization.id != self._id() for membership in page.data):
            raise ProtocolError("Clerk's list of members is not that of the organisation that was asked for.")
        return page

    def _id(self) -> str:
        """The organisation's id, which paths need; a slug is looked up once."""
        with self._finding:
            if not self._organisation_id:
                self._organisation_id = _part(self.organisation().id)
            return self._organisation_id

    def _ask(
        self,
        method: str,
        path: str,
        form: type[_A],
        *,
        asked: dict[str, Any] | None = None,
        body: dict[str, str] | None = None,
    ) -> _A:
        left = self._wait_until - self._monotonic()
        if left > 0:
            raise Busy("Clerk asked to wait.", seconds=left)
        status, headers, content = self._exchange(method, path, asked, body)
        if status == 200:
            return _read(form, content)
        raise self._sorted(method, status, headers, content)

    def _exchange(
        self, method: str, path: str, asked: dict[str, Any] | None, body: dict[str, str] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        """Send one request, once. Redirections are not followed: the key goes nowhere else."""
        try:
            with self._http.stream(method, path, params=asked, json=body) as answer:
                return answer.status_code, answer.headers, b"".join(self._pieces(answer))
        except httpx.DecodingError as error:
            raise ProtocolError("Clerk's answer cannot be unpacked.") from error
        except httpx.HTTPError as error:
            # The class says what happened; its words might repeat what was sent.
            raise Unavailable(
                f"Clerk does not answer ({type(error).__name__}).", do="It is asked again soon."
            ) from None

    def _pieces(self, answer: httpx.Response) -> Iterator[bytes]:
        begun, size = self._monotonic(), 0
        for piece in answer.iter_bytes():
            size += len(piece)
            if size > _MOST_BYTES:
                raise ProtocolError("Clerk's answer is larger than any that makes sense.")
            if self._monotonic() - begun > _REQUEST_SECONDS:
                raise Unavailable("Clerk's answer takes too long.", do="It is asked again soon.")
            yield piece

    def _sorted(self, method: str, status: int, headers: httpx.Headers, content: bytes) -> Exception:
        """What an answer that is not the wanted one means, by whose fault it is."""
        if status == 429:
            seconds = _seconds(headers.get("Retry-After", ""))
            self._wait_until = self._monotonic() + seconds
            return Busy("Clerk has too many requests.", seconds=seconds)
        if status == 401 or (status == 403 and method == "GET"):
            return BadSettings(
                f"Clerk does not accept the secret key ({status}).",
                do="Set FLEETDESK_CLERK_SECRET_KEY to a key of the instance that has the staff's organisation.",
            )
        if status >= 500 or status in _TRY_LATER:
            return Unavailable(f"Clerk has trouble of its own ({status}).", do="It is asked again soon.")
        if 400 <= status < 500:
            return _refusal(status, content)
        return ProtocolError(f"Clerk answers with a status that it does not have ({status}).")


def _portions(user_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many at once as a list may be asked for."""
    for start in range(0, len(user_ids), _ASKED_FOR_AT_ONCE):
        yield user_ids[start : start + _ASKED_FOR_AT_ONCE]


def _asking_for(user_ids: Sequence[str]) -> dict[str, Any]:
    return {"user_id": list(user_ids), "limit": _ASKED_FOR_AT_ONCE}


def _part(id: str) -> str:
    """An id as one part of a path, whatever it is."""
    return quote(id, safe="")


def _read(form: type[_A], content: bytes) -> _A:
    try:
        return form.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the beginning"
        raise ProtocolError(f"Clerk's answer has another form than it should at {where}: {first['msg']}.") from None


def _refusal(status: int, content: bytes) -> Refused:
    """Clerk's no: its code, a word of a fixed set, and its sentence, on one line that is not too long."""
    try:
        first = _Errors.model_validate_json(content).errors[0]
    except (ValidationError, IndexError):
        return Refused(f"status_{status}", f"Clerk refuses this ({status}), without saying why.")
    code = "".join(letter for letter in first.code if letter.isalnum() or letter == "_")[:80] or f"status_{status}"
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in first.message).split())[:200]
    return Refused(code, f"Clerk refuses this: {words}")


def _seconds(header: str) -> float:
    """How long to wait, in bounds. Clerk gives whole seconds."""
    seconds = int(header) if header.isascii() and header.isdecimal() and len(header) < 10 else 0
    return min(max(float(seconds), _SHORTEST_WAIT), _LONGEST_WAIT)
