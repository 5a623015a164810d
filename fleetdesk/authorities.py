"""Whom a connection to the outside believes: certificates of known authorities and of one's own, and proxies."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

import httpx

from fleetdesk.errors import BadSettings
from fleetdesk.models.addresses import is_loopback

__all__ = ["Trust", "authorities", "trust"]


class Trust(TypedDict):
    """Arguments of an httpx client."""

    verify: ssl.SSLContext
    trust_env: bool


def trust(address: str, ca_file: Path | None = None) -> Trust:
    """Whom to believe at an http(s) address. Raises BadSettings if the file holds no authorities."""
    url = urlsplit(address)
    return Trust(
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
