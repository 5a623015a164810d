"""Where keys are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, fail, null
from keyring.backends.chainer import ChainerBackend

from fleetdesk.errors import BadFile, Invalid, Unavailable
from fleetdesk.sync.files.vault import KeyringVault, MemoryVault, PassphraseVault, Vault, file_keys, open_vault

PASSPHRASE = "correct horse battery"


class DesktopKeyring(SecretService.Keyring):
    """The desktop's own keyring, its secrets in a dictionary instead of behind D-Bus."""

    def __init__(self, secrets: dict[tuple[str, str], str], *, forgetful: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own constructors have no types
        self._secrets = secrets
        self._forgetful = forgetful

    def get_password(self, service: str, username: str) -> str | None:
        return self._secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if not self._forgetful:
            self._secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._secrets[service, username]


DesktopKeyring.__module__ = SecretService.Keyring.__module__


class PlaintextKeyring(KeyringBackend):
    """One that writes secrets as they are."""

    priority = 5.0

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a key reached a plaintext keyring")


def made(kind: type[KeyringBackend]) -> KeyringBackend:
    return kind()


def refuse_to_ask(new: bool) -> str:
    raise AssertionError("the person was asked for a passphrase")


def test_a_key_has_32_bytes_and_stays_the_same() -> None:
    vault = MemoryVault()
    assert len(vault.key("a")) == 32
    assert vault.key("a") == vault.key("a")


def test_keys_of_different_names_differ() -> None:
    keys = file_keys(MemoryVault(), "laptop")
    assert keys.replica != keys.outbox


def test_keys_do_not_show_when_they_are_printed() -> None:
    keys = file_keys(MemoryVault(), "laptop")
    assert keys.replica.hex() not in repr(keys)
    assert repr(keys.replica) not in repr(keys)


def test_a_desktop_keyring_keeps_the_key() -> None:
    secrets: dict[tuple[str, str], str] = {}
    key = KeyringVault(DesktopKeyring(secrets)).key("a")
    assert KeyringVault(DesktopKeyring(secrets)).key("a") == key


@pytest.mark.parametrize("kind", [fail.Keyring, null.Keyring, PlaintextKeyring, ChainerBackend])
def test_a_backend_that_keeps_no_secret_is_refused(kind: type[KeyringBackend]) -> None:
    with pytest.raises(Unavailable):
        KeyringVault(made(kind))


def test_a_keyring_that_forgets_is_noticed_before_anything_is_encrypted() -> None:
    with pytest.raises(Unavailable):
        KeyringVault(DesktopKeyring({}, forgetful=True)).key("a")


def test_a_passphrase_opens_the_keys_again(tmp_path: Path) -> None:
    key = PassphraseVault(tmp_path / "vault.json", PASSPHRASE).key("a")
    assert PassphraseVault(tmp_path / "vault.json", PASSPHRASE).key("a") == key


def test_a_wrong_passphrase_is_told(tmp_path: Path) -> None:
    PassphraseVault(tmp_path / "vault.json", PASSPHRASE)
    with pytest.raises(Invalid) as told:
        PassphraseVault(tmp_path / "vault.json", PASSPHRASE + "!")
    assert told.value.field == "passphrase"


def test_a_short_passphrase_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        PassphraseVault(tmp_path / "vault.json", "short")


def test_a_wrapped_key_that_was_exchanged_for_another_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    vault = PassphraseVault(path, PASSPHRASE)
    vault.key("a")
    vault.key("b")
    content = json.loads(path.read_text())
    content["keys"]["a"], content["keys"]["b"] = content["keys"]["b"], content["keys"]["a"]
    path.write_text(json.dumps(content))
    with pytest.raises(Invalid):
        PassphraseVault(path, PASSPHRASE).key("a")


def test_the_passphrase_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    PassphraseVault(tmp_path / "vault.json", PASSPHRASE)
    assert (tmp_path / "vault.json").stat().st_mode & 0o077 == 0


def test_a_desktop_with_a_keyring_asks_for_no_passphrase(tmp_path: Path) -> None:
    opened = open_vault(tmp_path, backend=DesktopKeyring({}), ask=refuse_to_ask)
    assert isinstance(opened.vault, KeyringVault)


def test_a_machine_without_a_keyring_says_that_a_passphrase_is_used(tmp_path: Path) -> None:
    opened = open_vault(tmp_path, backend=made(fail.Keyring), ask=lambda new: PASSPHRASE)
    assert "passphrase" in opened.where


def test_only_the_first_start_chooses_a_passphrase(tmp_path: Path) -> None:
    asked: list[bool] = []

    def ask(new: bool) -> str:
        asked.append(new)
        return PASSPHRASE

    for _ in range(2):
        open_vault(tmp_path, backend=made(fail.Keyring), ask=ask)
    assert asked == [True, False]


def test_keys_under_a_passphrase_stay_there_when_a_keyring_appears(tmp_path: Path) -> None:
    key = open_vault(tmp_path, backend=made(fail.Keyring), ask=lambda new: PASSPHRASE).vault.key("a")
    later = open_vault(tmp_path, backend=DesktopKeyring({}), ask=lambda new: PASSPHRASE)
    assert later.vault.key("a") == key


def test_a_keyring_that_is_out_of_reach_makes_no_new_keys(tmp_path: Path) -> None:
    open_vault(tmp_path, backend=DesktopKeyring({}), ask=refuse_to_ask)
    with pytest.raises(Unavailable):
        open_vault(tmp_path, backend=made(fail.Keyring), ask=refuse_to_ask)


def test_where_there_is_data_no_new_passphrase_takes_the_place_of_one_that_is_lost(tmp_path: Path) -> None:
    (tmp_path / "person").mkdir()
    (tmp_path / "person" / "outbox.db").touch()
    with pytest.raises(BadFile, match="is missing"):
        open_vault(tmp_path, backend=made(fail.Keyring), ask=refuse_to_ask)
    assert not (tmp_path / "vault.json").exists()


def test_a_file_that_is_no_vault_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "vault.json").write_text("{}")
    with pytest.raises(BadFile):
        open_vault(tmp_path, backend=DesktopKeyring({}), ask=refuse_to_ask)


@pytest.fixture(params=["memory", "keyring", "passphrase"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    """Each kind of vault in turn."""
    match request.param:
        case "memory":
            return MemoryVault()
        case "keyring":
            return KeyringVault(DesktopKeyring({}))
        case _:
            return PassphraseVault(tmp_path / "vault.json", PASSPHRASE)


def test_a_secret_is_given_back(vault: Vault) -> None:
    vault.keep("session", "refresh token")
    assert vault.secret("session") == "refresh token"


def test_a_secret_takes_the_place_of_the_one_before(vault: Vault) -> None:
    vault.keep("session", "old")
    vault.keep("session", "new")
    assert vault.secret("session") == "new"


def test_what_was_never_kept_is_not_there(vault: Vault) -> None:
    assert vault.secret("session") is None


def test_a_secret_that_is_forgotten_is_gone(vault: Vault) -> None:
    vault.keep("session", "refresh token")
    vault.forget("session")
    assert vault.secret("session") is None


def test_to_forget_what_is_not_there_is_nothing(vault: Vault) -> None:
    vault.forget("session")
    assert vault.secret("session") is None


def test_a_secret_is_no_key_of_the_same_name(vault: Vault) -> None:
    key = vault.key("session")
    vault.keep("other", "text")
    vault.forget("other")
    assert vault.key("session") == key


def test_a_secret_under_a_passphrase_is_read_by_nobody_without_it(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    PassphraseVault(path, PASSPHRASE).keep("session", "refresh token")
    assert "refresh token" not in path.read_text()
    assert PassphraseVault(path, PASSPHRASE).secret("session") == "refresh token"


def test_what_another_process_kept_under_the_passphrase_is_not_undone(tmp_path: Path) -> None:
    window = PassphraseVault(tmp_path / "vault.json", PASSPHRASE)
    command_line = PassphraseVault(tmp_path / "vault.json", PASSPHRASE)
    command_line.keep("session", "rotated")
    window.keep("other", "text")
    assert (window.secret("session"), window.secret("other")) == ("rotated", "text")


def test_a_vault_of_the_first_days_takes_secrets(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    key = PassphraseVault(path, PASSPHRASE).key("a")
    old = json.loads(path.read_text())
    del old["secrets"]
    path.write_text(json.dumps(old))
    vault = PassphraseVault(path, PASSPHRASE)
    vault.keep("session", "refresh token")
    assert (vault.key("a"), vault.secret("session")) == (key, "refresh token")


def test_a_keyring_that_forgets_what_it_was_given_is_found_out() -> None:
    with pytest.raises(Unavailable, match="did not keep"):
        KeyringVault(DesktopKeyring({}, forgetful=True)).keep("session", "refresh token")
