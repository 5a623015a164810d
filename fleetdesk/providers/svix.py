"""Signatures of webhooks as Svix makes them, and so Clerk: over the event's id, its time and the raw body."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
from collections.abc import Mapping

from fleetdesk.errors import BadSettings, Refused

__all__ = ["Signatures"]

_TOLERANCE = dt.timedelta(minutes=5)
"""How far the sender's clock and ours may be apart, either way."""
_PREFIX = "whsec_"


class Signatures:
    """Those made with one secret. Raises BadSettings for what can be none."""

    def __init__(self, secret: str) -> None:
        try:
            self._key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            self._key = b""
        if not secret.startswith(_PREFIX) or len(self._key) < 16:
            raise BadSettings(
                "The signing secret of Clerk's webhooks has not the form of one.",
                do="Set FLEETDESK_CLERK_WEBHOOK_SECRET to the secret that begins with whsec_.",
            )

    def demand_signed(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> None:
        """Return if the event was signed just now. Raises Refused for one that was not."""
        id, at = headers.get("svix-id", ""), headers.get("svix-timestamp", "")
        if not id or not at.isascii() or not at.isdecimal() or len(at) > 11:
            raise _refused()
        if abs(now.timestamp() - int(at)) > _TOLERANCE.total_seconds():
            raise _refused()
        signed = b".".join((id.encode(), at.encode(), body))
        wanted = base64.b64encode(hmac.digest(self._key, signed, "sha256"))
        given = [one.partition(",") for one in headers.get("svix-signature", "").split()]
        if not any(kind == "v1" and hmac.compare_digest(text.encode(), wanted) for kind, _, text in given):
            raise _refused()


def _refused() -> Refused:
    """One answer for all reasons: which of them it was helps nobody but a forger."""
    return Refused("not_signed", "This event is not signed, or not just now.")
