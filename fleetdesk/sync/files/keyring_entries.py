"""The operating system's keyring: texts by name. Backends that keep secrets readable are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keyring.errors
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from fleetdesk.errors import Unavailable

__all__ = ["KeyringEntries", "is_safe"]

_SERVICE = "FleetDesk"
_SAFE_BACKENDS = frozenset(
    f"keyring.backends.{name}" for name in ("SecretService", "Windows", "kwallet", "libsecret", "macOS")
)
"""The operating systems' own. Others keep secrets in files, some of them in plain text."""


def is_safe(backend: KeyringBackend) -> bool:
    """Whether a keyring backend keeps secrets secret: the operating system's own, alone or chained."""
    if isinstance(backend, ChainerBackend):
        chained: list[KeyringBackend] = backend.backends
        return bool(chained) and all(is_safe(each) for each in chained)
    return type(backend).__module__ in _SAFE_BACKENDS


class KeyringEntries:
    """FleetDesk's entries in the keyring. Whatever it is asked for, it may raise Unavailable."""

    def __init__(self, backend: KeyringBackend) -> None:
        """Use this backend. Raises Unavailable for one that does not keep secrets secret."""
        if not is_safe(backend):
            raise Unavailable(f"“{backend.name}” is no keyring that keeps keys secret.", do="Use a passphrase instead.")
        self._backend = backend

    @property
    def place(self) -> str:
        """What the keyring calls itself."""
        return self._backend.name

    def get(self, name: str) -> str | None:
        """The text of that name, if there is one."""
        with _answering():
            return self._backend.get_password(_SERVICE, name)

    def keep(self, name: str, text: str) -> None:
        """Keep a text in the place of what was kept; it is there when this returns."""
        with _answering():
            self._backend.set_password(_SERVICE, name, text)
            if self._backend.get_password(_SERVICE, name) != text:
                raise Unavailable("The keyring did not keep what was given to it.")

    def forget(self, name: str) -> None:
        """Delete the text of that name, if there is one."""
        with _answering():
            if self._backend.get_password(_SERVICE, name) is not None:
                self._backend.delete_password(_SERVICE, name)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (keyring.errors.KeyringError, RuntimeError, OSError) as error:  # OSError: the bus ended
        raise Unavailable(
            f"The keyring does not answer: {error}.", kept="Nothing was changed.", do="Unlock it, then start again."
        ) from error
