"""The way to another machine: TLS that is always verified, or plain http on loopback; and the proxies of the system."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from fleetdesk.authorities import trust

__all__ = ["certificate_trouble", "open_way"]


def open_way(
    address: str,
    *,
    transport: httpx.AsyncBaseTransport | None,
    patience: float,
    idle: float = 5.0,
    ca_file: Path | None = None,
) -> httpx.AsyncClient:
    """A client for one checked address. `patience`: seconds of silence; `idle`: seconds that a connection is kept.

    `ca_file` names authorities that are believed besides the known ones. Raises BadSettings if it holds none.
    """
    return httpx.AsyncClient(
        base_url=address,
        transport=transport,
        timeout=patience,
        limits=httpx.Limits(keepalive_expiry=idle),
        **trust(address, ca_file),
    )


def certificate_trouble(error: BaseException) -> str:
    """What was wrong with the other side's certificate, if that is behind the error; else nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return ""
