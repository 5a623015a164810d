"""A signed-in session: gives the hub's client a token for each request, renews it in time, and signs out."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from fleetdesk.errors import Busy, FleetDeskError, Offline, ProtocolError, Refused, SignInNeeded, Unavailable
from fleetdesk.models.ids import Clock
from fleetdesk.sync.signin.tokens import SignedInAs, Tokens, TokenShelf

if TYPE_CHECKING:
    import jwt

    from fleetdesk.sync.signin.provider import Provider

__all__ = ["Farewell", "SignedIn"]

_EARLY = dt.timedelta(seconds=60)
"""How long before its end a token is renewed, so that none ends on its way."""
_TURN = 60.0
"""Seconds to wait for another process that is renewing."""
_AGAIN = 0.05
_KEPT = "What waits to be sent is kept, and you can go on working."
_LOST = "If this laptop may be in other hands, end the session on the sign-in service's own pages."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Farewell:
    """A sign-out. `notice` tells the person what could not be done; empty where all was."""

    notice: str = ""


class SignedIn:
    """The token source (see `sync.network`) of one session. It belongs to one event loop.

    A provider that rotates refresh tokens takes a second use of one for theft and ends the session. So only one renewal
    goes on at a time, on the whole machine (`lock` is a file that all processes of this session share), and whoever
    asked for it may give up without it being cut off: the answer would be lost, and the session with it.

    `provider` gives the one that it is of, which is first needed when a token has to be renewed.

    It is one person's, `person` or whoever it finds first: should somebody else sign in meanwhile, in another process,
    their tokens are not used for what this one does.
    """

    def __init__(
        self,
        provider: Callable[[], Provider],
        shelf: TokenShelf,
        lock: Path,
        clock: Clock,
        *,
        person: SignedInAs | None = None,
    ) -> None:
        self._at_provider = provider
        self._shelf = shelf
        self._lock = FileLock(lock, thread_local=False)
        self._turns = asyncio.Lock()
        self._clock = clock
        self._subject = "" if person is None else person.subject
        self._held: Tokens | None = None
        self._unsaved = False
        self._over = ""
        self._doubtful = ""
        self._renewals: set[asyncio.Task[Tokens]] = set()

    async def person(self) -> SignedInAs | None:
        """Who is signed in, as far as this laptop knows: without asking anybody. None: nobody."""
        held = await self._present()
        return None if held is None else held.person

    async def begin(self, fresh: Tokens) -> None:
        """Go on with the tokens of a new sign-in. Raises Refused if it is another person's, Unavailable."""
        async with self._alone():
            known = await asyncio.to_thread(self._shelf.read)
            here = self._subject or (known.person.subject if known is not None else "")
            if here and here != fresh.person.subject:
                raise Refused(
                    "another_person",
                    "That is another person than the one who is signed in on this laptop.",
                    kept="Nothing was changed.",
                    do="Sign out first.",
                )
            await asyncio.to_thread(self._shelf.keep, fresh)
            self._subject = fresh.person.subject
            self._held, self._unsaved, self._over, self._doubtful = fresh, False, "", ""

    async def token(self) -> str:
        """A token that lasts long enough for a request.

        Raises SignInNeeded where the session is over, Offline where it has to be renewed and nobody answers.
        """
        held = await self._present()
        if held is None:
            raise self._sign_in_needed()
        if self._lasts(held):
            return held.access
        try:
            return (await self._renewed(held)).access
        except (Offline, Busy):
            if held.expires_at > self._clock.now():
                return held.access
            raise

    async def after_refusal(self, token: str) -> str | None:
        """The hub refused this token: a renewed one, once. None where that has been tried, or can't be."""
        held = await self._present()
        if held is None:
            return None
        if held.access != token:
            return held.access
        if token == self._doubtful or not held.refresh:
            return None
        renewed = await self._renewed(held)
        # A hub that refuses this one too does not refuse it for its age.
        self._doubtful = renewed.access
        return renewed.access

    async def sign_out(self) -> Farewell:
        """Forget the session here, then have the provider end it. Raises Unavailable if it can't be forgotten."""
        async with self._alone():
            kept = self._held if self._unsaved else await asyncio.to_thread(self._shelf.read) or self._held
            await self._end("You are signed out.")
            self._subject = ""
        if kept is None or not kept.refresh:
            return Farewell()
        try:
            await self._at_provider().revoke(kept.refresh)
        except FleetDeskError as error:
            return Farewell(
                f"You are signed out on this laptop, but the sign-in service was not told. {error.what} {_LOST}"
            )
        return Farewell()

    async def close(self) -> None:
        """Wait for a renewal that is under way."""
        await asyncio.gather(*self._renewals, return_exceptions=True)

    async def _present(self) -> Tokens | None:
        """What is held, or lies in the vault: the person may have signed in again elsewhere on this machine."""
        if self._held is None:
            self._held = await self._kept()
            if self._held is not None:
                self._over = ""
        return self._held

    async def _kept(self) -> Tokens | None:
        """What the vault keeps of this person's session."""
        kept = await asyncio.to_thread(self._shelf.read)
        if kept is None:
            return None
        self._subject = self._subject or kept.person.subject
        if kept.person.subject != self._subject:
            self._over = "Another person has signed in on this laptop."
            return None
        return kept

    def _lasts(self, tokens: Tokens) -> bool:
        return tokens.expires_at - _EARLY > self._clock.now()

    async def _renewed(self, old: Tokens) -> Tokens:
        renewal = asyncio.create_task(self._renew_alone(old))
        self._renewals.add(renewal)
        renewal.add_done_callback(self._renewals.discard)
        return await asyncio.shield(renewal)

    async def _renew_alone(self, old: Tokens) -> Tokens:
        async with self._alone():
            kept = self._held if self._unsaved else await self._kept()
            if kept is None:
                self._held, self._over = None, self._over or "You were signed out."
                raise self._sign_in_needed()
            # Whoever had the turn before may have done it.
            if kept.access != old.access and self._lasts(kept):
                self._held = kept
                return kept
            if not kept.refresh:
                await self._end("Your session has ended.")
                raise self._sign_in_needed()
            return await self._renew(kept)

    async def _renew(self, kept: Tokens) -> Tokens:
        # Before the token is spent: from here to `_keep` nothing may fail that need not.
        keys = await self._at_provider().keys()
        try:
            given = await self._at_provider().refresh(kept.refresh)
        except SignInNeeded as error:
            await self._end(error.what)
            raise
        fresh = Tokens(
            access=given.access,
            expires_at=self._clock.now() + dt.timedelta(seconds=given.seconds),
            # One that does not rotate goes on being the one (RFC 6749, 6).
            refresh=given.refresh or kept.refresh,
            person=kept.person,
        )
        # Nothing waits from here on: until it is known whose it is, nobody is given the token.
        if given.id_token and (why := self._another_persons(fresh, given.id_token, keys)):
            await self._end(why)
            raise self._sign_in_needed()
        await self._keep(fresh)
        return fresh

    def _another_persons(self, fresh: Tokens, id_token: str, keys: jwt.PyJWKSet) -> str:
        """Why a renewed session is not the same person's (OpenID Connect Core, 12.2); empty if it is."""
        # Late: a session that begins needs no keys.
        from fleetdesk.sync.signin.id_tokens import identify

        registration = self._at_provider().registration
        try:
            named = identify(id_token, keys, registration, self._clock, access=fresh.access, nonce=None)
        except ProtocolError as error:
            return error.what
        same = named.subject == fresh.person.subject
        return "" if same else "The sign-in service renewed your session as another person's."

    async def _keep(self, tokens: Tokens) -> None:
        """From now on these are the tokens, whether the vault can keep them just now or not."""
        self._held, self._unsaved = tokens, True
        try:
            await asyncio.to_thread(self._shelf.keep, tokens)
        except Unavailable as error:
            _log.warning("renewed session not kept", extra={"reason": type(error).__name__})
        else:
            self._unsaved = False

    async def _end(self, why: str) -> None:
        await asyncio.to_thread(self._shelf.forget)
        self._held, self._unsaved, self._over = None, False, why

    def _sign_in_needed(self) -> SignInNeeded:
        return SignInNeeded(self._over or "You are not signed in.", kept=_KEPT, do="Sign in again.")

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        async with self._turns:
            until = loop.time() + _TURN
            while True:
                try:
                    # Never waits in a thread: one that is given up would take the lock for nobody.
                    self._lock.acquire(blocking=False)
                    break
                except Timeout as error:
                    if loop.time() > until:
                        raise Busy("Another FleetDesk is renewing the session.", seconds=5.0, kept=_KEPT) from error
                    await asyncio.sleep(_AGAIN)
            try:
                yield
            finally:
                self._lock.release()
