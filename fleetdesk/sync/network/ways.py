"""The way to another machine: TLS that is always verified, or plain http on loopback; and the proxies of the system."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from fleetdesk.errors import BadSettings
from fleetdesk.models.addresses import is_loopback

__all__ = ["certificate_trouble", "checked_address", "open_way"]

_ADVICE = "Use the address that your administrator gave you."


def checked_address(text: str, what: str) -> httpx.URL:
    """The address, if it may be used for `what` (such as “a hub”): https://…, or http:// on loopback.

    Raises BadSettings for any other, and for one that holds a name or a password.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise BadSettings(f"“{text}” is no address of {what}.", do=_ADVICE) from error
    if not url.host or url.scheme not in ("http", "https") or url.userinfo:
        raise BadSettings(f"“{text}” is no address of {what}.", do=_ADVICE)
    if url.scheme == "http" and not is_loopback(url.host):
        raise BadSettings(f"{what[0].upper()}{what[1:]} on another machine is reached by https:// only.", do=_ADVICE)
    return url


def open_way(
    base: httpx.URL,
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
        base_url=base,
        transport=transport,
        timeout=patience,
        limits=httpx.Limits(keepalive_expiry=idle),
        # Reading all the certificates of this machine takes a tenth of a second, which plain http has no use for.
        verify=_authorities(ca_file) if base.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        # A proxy of the environment is the way out to other machines, never to this one itself.
        trust_env=not is_loopback(base.host),
    )


def certificate_trouble(error: BaseException) -> str:
    """What was wrong with the other side's certificate, if that is behind the error; else nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return ""


def _authorities(ca_file: Path | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise BadSettings(
                f"{ca_file} holds no certificates of authorities.", do="Give a file with them as PEM."
            ) from error
    return context
