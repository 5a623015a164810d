"""The address of a hosted database as a person gives it: its place, without its password; and TLS that is verified."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

import certifi

from fleetdesk.errors import BadSettings
from fleetdesk.models.addresses import is_loopback

__all__ = ["DatabaseAddress"]

_VERIFIED = "verify-full"
_FORM = "Give it as postgresql://user:password@host/database."
_ELSEWHERE = frozenset({"service", "servicefile", "passfile"})
"""What would have the driver look for the database's place, or its password, in other files."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """One login to one database. `url` holds the password; what is shown to people is `place`."""

    url: str = field(repr=False)
    hosts: tuple[str, ...]
    user: str
    database: str

    @classmethod
    def parse(cls, text: str) -> DatabaseAddress:
        """Read `postgresql://user:password@host:port/database?options`.

        Raises BadSettings, without repeating the text, which may hold a password: for another form, for one that leaves
        out a part, and for a database on another machine without a certificate to be verified.
        """
        parts, options = _split(text.strip())
        hosts = _hosts(parts, options)
        user = unquote(parts.username or "") or options.get("user", "")
        database = unquote(parts.path.lstrip("/")) or options.get("dbname", "")
        missing = [what for what, value in (("host", hosts), ("user", user), ("database", database)) if not value]
        if missing:
            raise BadSettings(f"The address of the database names no {' and no '.join(missing)}.", do=_FORM)
        if not all(map(_is_here, hosts)) and options.get("sslmode", _VERIFIED) != _VERIFIED:
            raise BadSettings(
                f"With sslmode={options['sslmode']}, nobody would check that it is this database which answers.",
                do=f"Leave sslmode out of the address, or make it {_VERIFIED}.",
            )
        return cls(text.strip(), hosts, user, database)

    @property
    def place(self) -> str:
        """Database, machine and user, as the middle of a sentence."""
        return f"“{self.database}” on {' or '.join(self.hosts)}, as “{self.user}”"

    def verified(self, ca_file: Path | None) -> str:
        """The address for the driver: of another machine, the certificate is verified, by authorities of that file.

        Without one it is those that are known everywhere.
        """
        parts, options = _split(self.url)
        if not all(map(_is_here, self.hosts)):
            known = os.environ.get("SSL_CERT_FILE") or certifi.where()
            options = {"sslrootcert": str(ca_file or known), **options, "sslmode": _VERIFIED}
        return parts._replace(query=urlencode(options)).geturl()


def _split(text: str) -> tuple[SplitResult, dict[str, str]]:
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise BadSettings("That is no address of a PostgreSQL database.", do=_FORM) from None
    if parts.scheme not in ("postgresql", "postgres") or parts.fragment or not text.isprintable():
        raise BadSettings("That is no address of a PostgreSQL database.", do=_FORM)
    if found := sorted(_ELSEWHERE & options.keys()):
        raise BadSettings(f"The address of the database points to a file ({found[0]}).", do=_FORM)
    return parts, options


def _hosts(parts: SplitResult, options: dict[str, str]) -> tuple[str, ...]:
    """All machines that the driver may turn to (libpq, 32.1.1): several may be named, in the query as well."""
    named = parts.netloc.rpartition("@")[2].split(",")
    places = [unquote(_without_port(place)) for place in named]
    places += [place for key in ("host", "hostaddr") for place in options.get(key, "").split(",")]
    return tuple(dict.fromkeys(filter(None, places)))


def _without_port(place: str) -> str:
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.partition(":")[0]


def _is_here(host: str) -> bool:
    """Whether it never leaves the machine: a loopback address, or the folder of a socket."""
    return host.startswith(("/", "@")) or is_loopback(host)
