"""What a provider knows of this program, and what this program asks of a provider."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CALLBACK", "PORTS", "Registration", "scopes_asked"]

PORTS = (48711, 48712, 48713)
"""Where the browser comes back to; each has to be registered as `http://127.0.0.1:PORT/signed-in` (RFC 8252, 7.3)."""
CALLBACK = "/signed-in"

_ALWAYS = ("openid", "profile", "email")
_WHERE_OFFERED = ("offline_access", "user:org:read")
"""A refresh token (OpenID Connect Core, 11), and Clerk's choice of an organisation, which its tokens then name."""


@dataclass(frozen=True, slots=True)
class Registration:
    """FleetDesk as a public client of one provider: it has no secret, as no program on a laptop can keep one.

    `ca_file`: certificates of authorities that are believed besides the known ones.
    """

    issuer: str
    client_id: str
    ca_file: Path | None = None
    ports: tuple[int, ...] = PORTS


def scopes_asked(offered: Collection[str]) -> tuple[str, ...]:
    """The scopes to ask for, of a provider that says it offers these."""
    return (*_ALWAYS, *(scope for scope in _WHERE_OFFERED if scope in offered))
