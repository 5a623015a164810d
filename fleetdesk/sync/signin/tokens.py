"""The tokens of one session, and where they are kept: in the vault, never in a file that can be read."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from fleetdesk.errors import Unavailable
from fleetdesk.sync.files.vault import Vault
from fleetdesk.sync.signin.registration import Registration

__all__ = ["SignedInAs", "TokenShelf", "Tokens", "names_of_session"]


_LONG_AGO = dt.datetime.fromtimestamp(0, dt.UTC)


@dataclass(frozen=True, slots=True)
class SignedInAs:
    """The person as the provider knows them; name and email may be empty."""

    subject: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a session consists of. `refresh` is empty where the provider gave none: it then ends with `expires_at`."""

    access: str = field(repr=False)
    expires_at: dt.datetime
    refresh: str = field(repr=False)
    person: SignedInAs
    id_token: str = field(default="", repr=False)
    """That of the sign-in itself, by which a laptop registers; never kept."""


class TokenShelf:
    """One session's place in a vault.

    In two entries, as Windows keeps no more than 1,280 letters in one. What can be renewed, the access token, may be
    missing; what can't must be kept. An entry of another provider or client is none of ours.
    """

    def __init__(self, vault: Vault, name: str, registration: Registration) -> None:
        self._vault = vault
        self._session, self._access = names_of_session(name)
        self._registration = registration

    def read(self) -> Tokens | None:
        """The tokens that are kept; without a usable access token it is one that has expired. Raises Unavailable."""
        session = _read(_Session, self._vault.secret(self._session))
        if session is None or (session.issuer, session.client_id) != self._ours:
            return None
        access = _read(_Access, self._vault.secret(self._access))
        person = SignedInAs(session.subject, session.name, session.email)
        if access is None or access.session != session.name_of_it:
            return Tokens("", _LONG_AGO, session.refresh, person)
        return Tokens(access.token, access.expires_at, session.refresh, person)

    def keep(self, tokens: Tokens) -> None:
        """Keep these in the place of any others. Raises Unavailable, DiskFull."""
        issuer, client_id = self._ours
        person = tokens.person
        session = _Session(
            issuer=issuer,
            client_id=client_id,
            refresh=tokens.refresh,
            subject=person.subject,
            name=person.name,
            email=person.email,
        )
        self._vault.keep(self._session, session.model_dump_json())
        access = _Access(token=tokens.access, expires_at=tokens.expires_at, session=session.name_of_it)
        # Too long for this keyring: the next start asks for a new one.
        with contextlib.suppress(Unavailable):
            self._vault.keep(self._access, access.model_dump_json())

    def forget(self) -> None:
        """Delete them. Raises Unavailable, DiskFull: then they may still be there."""
        self._vault.forget(self._access)
        self._vault.forget(self._session)

    @property
    def _ours(self) -> tuple[str, str]:
        return (self._registration.issuer, self._registration.client_id)


def names_of_session(name: str) -> tuple[str, str]:
    """The vault's names for the two entries of one session: the session itself, and its access token."""
    return f"{name}.session", f"{name}.access"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Session(_Entry):
    issuer: str
    client_id: str
    refresh: str
    subject: str
    name: str
    email: str

    @property
    def name_of_it(self) -> str:
        """Ties an access token to its session: the two entries are not written at once."""
        return hashlib.sha256(f"{self.subject} {self.refresh}".encode()).hexdigest()[:16]


class _Access(_Entry):
    token: str
    expires_at: dt.datetime
    session: str


_E = TypeVar("_E", bound=_Entry)


def _read(kind: type[_E], text: str | None) -> _E | None:
    try:
        return None if text is None else kind.model_validate_json(text)
    except ValidationError:
        return None
