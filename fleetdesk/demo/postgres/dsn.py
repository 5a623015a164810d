"""Where a database is and who connects to it, as a value that never shows its password by accident."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote, urlsplit

from fleetdesk.errors import BadSettings

DEFAULT_PORT = 5432


@dataclass(frozen=True)
class Dsn:
    """One login to one database. `url` is the text for libpq and psycopg; `repr` and `str` leave the password out.

    `options` is what stands after the question mark of a URL, untouched.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    options: str = ""

    @classmethod
    def parse(cls, url: str) -> Dsn:
        """Read `postgresql://user:password@host:port/database?options`.

        Raises BadSettings, without repeating the text: it may hold a password.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("postgresql", "postgres"):
            raise BadSettings("The database URL does not begin with postgresql://.")
        try:
            port = parts.port or DEFAULT_PORT
        except ValueError:
            raise BadSettings("The port in the database URL is not a number.") from None
        user = unquote(parts.username or "")
        if not user:
            raise BadSettings("The database URL names no user.")
        return cls(
            host=unquote(parts.hostname or ""),
            port=port,
            user=user,
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")) or user,
            options=parts.query,
        )

    @property
    def url(self) -> str:
        """The whole URL, password included."""
        password = f":{quote(self.password, safe='')}" if self.password else ""
        return self._url(password)

    def to(self, database: str) -> Dsn:
        """The same login to another database of the same server."""
        return replace(self, database=database)

    def login(self, user: str, password: str) -> Dsn:
        """The same database for another user."""
        return replace(self, user=user, password=password)

    def __str__(self) -> str:
        return self._url(":***" if self.password else "")

    def _url(self, password: str) -> str:
        host = f"[{self.host}]" if ":" in self.host else quote(self.host, safe="")
        options = f"?{self.options}" if self.options else ""
        user, database = quote(self.user, safe=""), quote(self.database, safe="")
        return f"postgresql://{user}{password}@{host}:{self.port}/{database}{options}"
