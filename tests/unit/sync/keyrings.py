"""Keyrings for tests: the desktop's own without its service, and one that keeps no secret."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.backends import SecretService, fail
from keyring.errors import KeyringError

__all__ = ["Contents", "DesktopKeyring", "PlaintextKeyring", "no_keyring"]

Contents = dict[tuple[str, str], str]


class DesktopKeyring(SecretService.Keyring):
    """The desktop's own keyring, its secrets in a dictionary instead of behind D-Bus.

    `ends_after` so many changes it answers no more, as where the machine is switched off.
    """

    def __init__(self, secrets: Contents, *, forgetful: bool = False, ends_after: int | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own constructors have no types
        self.secrets = secrets
        self._forgetful = forgetful
        self.left = ends_after

    def get_password(self, service: str, username: str) -> str | None:
        self._demand_answer()
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._use_up()
        if not self._forgetful:
            self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._use_up()
        del self.secrets[service, username]

    def _use_up(self) -> None:
        if self.left is not None:
            self.left -= 1
        self._demand_answer()

    def _demand_answer(self) -> None:
        if self.left is not None and self.left < 0:
            raise KeyringError("it is gone")


DesktopKeyring.__module__ = SecretService.Keyring.__module__


class PlaintextKeyring(KeyringBackend):
    """One that writes secrets as they are."""

    priority = 5.0

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a key reached a plaintext keyring")


def no_keyring() -> KeyringBackend:
    """What a machine without a keyring has."""
    kind: type[KeyringBackend] = fail.Keyring
    return kind()
