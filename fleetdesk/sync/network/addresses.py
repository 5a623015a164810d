"""Addresses that may be used: https anywhere, plain http on this machine alone. Checked before anything is loaded."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from fleetdesk.errors import BadSettings
from fleetdesk.models.addresses import is_loopback

__all__ = ["checked_address"]

_ADVICE = "Use the address that your administrator gave you."


def checked_address(text: str, what: str) -> SplitResult:
    """The address, if it may be used for `what` (such as “a hub”).

    Raises BadSettings for any other, and for one that holds a name or a password.
    """
    url = _split(text)
    if url is None:
        raise BadSettings(f"“{text}” is no address of {what}.", do=_ADVICE)
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        raise BadSettings(f"{what[0].upper()}{what[1:]} on another machine is reached by https:// only.", do=_ADVICE)
    return url


def _split(text: str) -> SplitResult | None:
    """The parts of an address; None where it is none."""
    try:
        url = urlsplit(text)
        named = url.hostname and url.port != 0 and url.username is None
    except ValueError:
        return None
    odd = url.scheme not in ("http", "https") or any(sign.isspace() or not sign.isprintable() for sign in text)
    return url if named and not odd else None
