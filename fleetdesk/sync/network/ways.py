"""The way to another machine: TLS that is always verified, or plain http on loopback; and the proxies of the system."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from fleetdesk.errors import BadSettings
from fleetdesk.models.addresses import is_loopback

__all__ = ["authorities", "certificate_trouble", "open_way"]


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
    url = urlsplit(address)
    return httpx.AsyncClient(
        base_url=address,
        transport=transport,
        timeout=patience,
        limits=httpx.Limits(keepalive_expiry=idle),
        # Reading all the certificates of this machine takes a tenth of a second, which plain http has no use for.
        verify=authorities(ca_file) if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        # A proxy of the environment is the way out to other machines, never to this one itself.
        trust_env=not is_loopback(url.hostname or ""),
    )


def authorities(ca_file: Path | None) -> ssl.SSLContext:
    """The known authorities, and those of the file. Raises BadSettings if it holds none."""
    context = httpx.create_ssl_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise BadSettings(
                f"{ca_file} holds no certificates of authorities.", do="Give a file with them as PEM."
            ) from error
    return context


def certificate_trouble(error: BaseException) -> str:
    """What was wrong with the other side's certificate, if that is behind the error; else nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return ""
