"""What a direct connection keeps secret on this laptop: entries of its vault, by the names that people use."""

from __future__ import annotations

from collections.abc import Mapping

from fleetdesk.direct.database_address import DatabaseAddress
from fleetdesk.errors import BadSettings, Invalid
from fleetdesk.sync.files.vault import Vault

__all__ = ["CLERK", "DATABASE", "ENTRIES", "DirectKeys", "entry_words", "names_of_entries", "variable_of"]

DATABASE, CLERK = "database", "clerk"
ENTRIES: Mapping[str, tuple[str, str]] = {
    DATABASE: ("FLEETDESK_DATABASE_URL", "address of the database, with its password"),
    CLERK: ("FLEETDESK_CLERK_SECRET_KEY", "secret key of the identity provider"),
}
"""Entry → the hub's setting that it becomes, and what it is in words."""


class DirectKeys:
    """The entries of one connection. Whatever is asked of it may raise Unavailable, as the vault does."""

    def __init__(self, vault: Vault, connection: str) -> None:
        self._vault = vault
        self._connection = connection

    def kept(self) -> tuple[str, ...]:
        """The names of the entries that are there."""
        return tuple(entry for entry in ENTRIES if self._vault.secret(self._name(entry)) is not None)

    def keep(self, entry: str, text: str) -> None:
        """Keep a text in the place of what was kept. Raises BadSettings, Invalid for what can't be one, DiskFull."""
        variable_of(entry)
        text = text.strip()
        if not text or not text.isprintable():
            raise Invalid(entry, f"That is no {entry_words(entry)}.", kept="Nothing was changed.")
        if entry == DATABASE:
            DatabaseAddress.parse(text)
        self._vault.keep(self._name(entry), text)

    def forget(self, entry: str) -> None:
        """Delete an entry, if it is there. Raises BadSettings for one that does not exist."""
        variable_of(entry)
        self._vault.forget(self._name(entry))

    def forget_all(self) -> None:
        """Delete all that is kept."""
        for entry in ENTRIES:
            self.forget(entry)

    def database(self) -> DatabaseAddress:
        """The database's address. Raises BadSettings where none is kept."""
        text = self._vault.secret(self._name(DATABASE))
        if text is None:
            raise BadSettings(
                f"The address of the database of {self._connection} is not kept on this laptop.",
                do=f"`fleetdesk connections secret {self._connection} {DATABASE}` asks for it.",
            )
        return DatabaseAddress.parse(text)

    def settings(self) -> dict[str, str]:
        """The hub's settings that the other entries become."""
        texts = {entry: self._vault.secret(self._name(entry)) for entry in ENTRIES if entry != DATABASE}
        return {variable_of(entry): text for entry, text in texts.items() if text is not None}

    def _name(self, entry: str) -> str:
        return _name(self._connection, entry)


def names_of_entries(connection: str) -> tuple[str, ...]:
    """The names under which the vault has the entries of one connection."""
    return tuple(_name(connection, entry) for entry in ENTRIES)


def variable_of(entry: str) -> str:
    """The variable of the environment from which an entry can be taken. Raises BadSettings for an unknown entry."""
    if entry not in ENTRIES:
        raise BadSettings(f"There is no secret “{entry}”.", do=f"There are {' and '.join(ENTRIES)}.")
    return ENTRIES[entry][0]


def entry_words(entry: str) -> str:
    """What an entry is, in words."""
    variable_of(entry)
    return ENTRIES[entry][1]


def _name(connection: str, entry: str) -> str:
    return f"direct.{connection}.{entry}"
