"""Where keys are kept."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend

from fleetdesk.errors import BadFile, Invalid, Unavailable
from fleetdesk.models.passphrases import Wanted, Word
from fleetdesk.sync.files import small_files, wrapped_vault
from fleetdesk.sync.files.keyring_entries import KeyringEntries
from fleetdesk.sync.files.vault import LockedVault, MemoryVault, OldEntries, Vault, file_keys
from fleetdesk.sync.files.wrapped_vault import WrappedVault
from tests.unit.sync.keyrings import Contents, DesktopKeyring, PlaintextKeyring, no_keyring

PASSPHRASE = "correct horse battery"
PIN = "2468ac"
OLD = OldEntries(
    keys=("hub.team.1.replica", "hub.team.1.outbox", "hub.team.1.documents"), secrets=("hub.team.session",)
)


def without_keyring(folder: Path) -> LockedVault:
    return LockedVault(folder, backend=no_keyring())


def with_keyring(folder: Path, secrets: Contents, old: OldEntries | None = None) -> LockedVault:
    return LockedVault(folder, backend=DesktopKeyring(secrets), old=old)


def passphrase_vault(path: Path, passphrase: str = PASSPHRASE) -> WrappedVault:
    return WrappedVault.open(path, passphrase, None) if path.exists() else WrappedVault.make(path, passphrase, None)


def of_the_first_days(folder: Path) -> tuple[Contents, dict[str, bytes]]:
    """A folder whose keys and session lie in the keyring as they are: the keyring, and the keys."""
    keys = {name: bytes([number]) * 32 for number, name in enumerate(OLD.keys)}
    secrets = {("FleetDesk", name): b64encode(key).decode() for name, key in keys.items()}
    secrets["FleetDesk", "hub.team.session"] = "refresh token"
    (folder / "vault.json").write_text('{"kind": "keyring"}')
    return secrets, keys


def test_a_key_has_32_bytes_and_stays_the_same() -> None:
    vault = MemoryVault()
    assert len(vault.key("a")) == 32
    assert vault.key("a") == vault.key("a")


def test_keys_of_different_names_differ() -> None:
    keys = file_keys(MemoryVault(), "laptop")
    assert len({keys.replica, keys.outbox, keys.documents}) == 3


def test_keys_of_different_people_differ() -> None:
    vault = MemoryVault()
    assert file_keys(vault, "hub.team.1").replica != file_keys(vault, "hub.team.2").replica


def test_keys_do_not_show_when_they_are_printed() -> None:
    keys = file_keys(MemoryVault(), "laptop")
    assert keys.replica.hex() not in repr(keys)
    assert repr(keys.replica) not in repr(keys)


@pytest.mark.parametrize("kind", [fail.Keyring, null.Keyring, PlaintextKeyring, ChainerBackend])
def test_a_backend_that_keeps_no_secret_is_refused(kind: type[KeyringBackend]) -> None:
    with pytest.raises(Unavailable):
        KeyringEntries(kind())


class CutOffKeyring(DesktopKeyring):
    """The bus that leads to it has ended."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ConnectionResetError(104, "Connection reset by peer")


CutOffKeyring.__module__ = DesktopKeyring.__module__


def test_a_bus_that_ended_is_a_keyring_that_does_not_answer() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        KeyringEntries(CutOffKeyring({})).get("a")


def test_a_keyring_that_forgets_is_noticed_before_anything_is_encrypted(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="did not keep"):
        LockedVault(tmp_path, backend=DesktopKeyring({}, forgetful=True)).unlock(PIN)
    assert not (tmp_path / "vault.json").exists()


# Under keyring and PIN


def test_with_a_keyring_a_pin_of_six_characters_is_chosen_at_first(tmp_path: Path) -> None:
    locked = with_keyring(tmp_path, {})
    assert locked.wanted == Wanted(Word.PIN, new=True)
    with pytest.raises(Invalid, match="6"):
        locked.unlock("12345")
    locked.unlock("123456")


def test_then_it_opens_the_same_keys_again(tmp_path: Path) -> None:
    secrets: Contents = {}
    key = with_keyring(tmp_path, secrets).unlock(PIN).vault.key("a")
    again = with_keyring(tmp_path, secrets)
    assert again.wanted == Wanted(Word.PIN)
    assert again.unlock(PIN).vault.key("a") == key


def test_a_wrong_pin_opens_nothing(tmp_path: Path) -> None:
    secrets: Contents = {}
    with_keyring(tmp_path, secrets).unlock(PIN)
    with pytest.raises(Invalid) as told:
        with_keyring(tmp_path, secrets).unlock(PIN + "!")
    assert told.value.field == "pin"


def test_the_keyring_alone_does_not_hold_the_keys(tmp_path: Path) -> None:
    secrets: Contents = {}
    vault = with_keyring(tmp_path, secrets).unlock(PIN).vault
    key = vault.key("a")
    vault.keep("session", "refresh token")
    assert not {b64encode(key).decode(), "refresh token"} & set(secrets.values())
    assert len(secrets) == 1


def test_the_pin_alone_does_not_open_a_copied_folder(tmp_path: Path) -> None:
    with_keyring(tmp_path, {}).unlock(PIN).vault.key("a")
    with pytest.raises(Unavailable, match="no longer has its half"):
        with_keyring(tmp_path, {}).unlock(PIN)
    other = {
        (service, name): b64encode(b"another machine's secret of 32 b").decode() for service, name in _entries(tmp_path)
    }
    with pytest.raises(Invalid):
        with_keyring(tmp_path, other).unlock(PIN)


def _entries(folder: Path) -> list[tuple[str, str]]:
    return [("FleetDesk", json.loads((folder / "vault.json").read_text())["entry"])]


def test_a_keyring_that_has_not_its_half_makes_no_attempt_a_wrong_one(tmp_path: Path) -> None:
    secrets: Contents = {}
    with_keyring(tmp_path, secrets).unlock(PIN)
    for _ in range(5):
        with pytest.raises(Unavailable):
            with_keyring(tmp_path, {}).unlock(PIN)
    again = with_keyring(tmp_path, secrets)
    assert again.wanted.wait == 0
    again.unlock(PIN)


def test_a_keyring_that_is_out_of_reach_makes_no_new_keys(tmp_path: Path) -> None:
    with_keyring(tmp_path, {}).unlock(PIN)
    with pytest.raises(Unavailable):
        without_keyring(tmp_path)


def test_a_secret_that_is_destroyed_leaves_nothing_in_the_keyring(tmp_path: Path) -> None:
    secrets: Contents = {}
    vault = with_keyring(tmp_path, secrets).unlock(PIN).vault
    vault.key("a")
    vault.destroy()
    assert secrets == {}
    assert [path.name for path in tmp_path.iterdir()] == ["vault.lock"]


# Under a passphrase


def test_a_passphrase_opens_the_keys_again(tmp_path: Path) -> None:
    key = passphrase_vault(tmp_path / "vault.json").key("a")
    assert passphrase_vault(tmp_path / "vault.json").key("a") == key


def test_a_wrong_passphrase_is_told(tmp_path: Path) -> None:
    passphrase_vault(tmp_path / "vault.json")
    with pytest.raises(Invalid) as told:
        passphrase_vault(tmp_path / "vault.json", PASSPHRASE + "!")
    assert told.value.field == "passphrase"


def test_a_short_passphrase_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="12"):
        passphrase_vault(tmp_path / "vault.json", "elevenchars")


def test_a_wrapped_key_that_was_exchanged_for_another_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    vault = passphrase_vault(path)
    vault.key("a")
    vault.key("b")
    content = json.loads(path.read_text())
    content["keys"]["a"], content["keys"]["b"] = content["keys"]["b"], content["keys"]["a"]
    path.write_text(json.dumps(content))
    with pytest.raises(BadFile):
        passphrase_vault(path).key("a")


def test_the_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    passphrase_vault(tmp_path / "vault.json")
    assert (tmp_path / "vault.json").stat().st_mode & 0o077 == 0


def test_a_machine_without_a_keyring_says_that_a_passphrase_is_used(tmp_path: Path) -> None:
    locked = without_keyring(tmp_path)
    assert locked.wanted == Wanted(Word.PASSPHRASE, new=True)
    assert "passphrase alone" in locked.unlock(PASSPHRASE).where


def test_only_the_first_start_chooses_a_passphrase(tmp_path: Path) -> None:
    without_keyring(tmp_path).unlock(PASSPHRASE)
    assert without_keyring(tmp_path).wanted == Wanted(Word.PASSPHRASE)


def test_keys_under_a_passphrase_stay_there_when_a_keyring_appears(tmp_path: Path) -> None:
    key = without_keyring(tmp_path).unlock(PASSPHRASE).vault.key("a")
    later = with_keyring(tmp_path, {})
    assert later.wanted == Wanted(Word.PASSPHRASE)
    assert later.unlock(PASSPHRASE).vault.key("a") == key


def test_where_there_is_data_nothing_new_takes_the_place_of_keys_that_are_lost(tmp_path: Path) -> None:
    (tmp_path / "person").mkdir()
    (tmp_path / "person" / "outbox.db").touch()
    with pytest.raises(BadFile, match="is missing"):
        without_keyring(tmp_path)
    with pytest.raises(BadFile, match="is missing"):
        with_keyring(tmp_path, {}, OLD)
    assert not (tmp_path / "vault.json").exists()


def test_nor_the_place_of_those_that_another_folder_took_along(tmp_path: Path) -> None:
    """Two data folders with a connection of the same name shared their keys in the first days."""
    (tmp_path / "person").mkdir()
    (tmp_path / "person" / "outbox.db").touch()
    (tmp_path / "vault.json").write_text('{"kind": "keyring"}')
    with pytest.raises(Unavailable, match="no longer has the keys"):
        with_keyring(tmp_path, {}, OLD)


def test_a_file_that_is_no_vault_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "vault.json").write_text("{}")
    with pytest.raises(BadFile):
        with_keyring(tmp_path, {})


# Keys that the first versions put into the keyring


def test_keys_of_the_first_days_move_under_a_pin(tmp_path: Path) -> None:
    secrets, keys = of_the_first_days(tmp_path)
    locked = with_keyring(tmp_path, secrets, OLD)
    assert locked.wanted == Wanted(Word.PIN, new=True, moving=True)
    vault = locked.unlock(PIN).vault
    assert {name: vault.key(name) for name in keys} == keys
    assert vault.secret("hub.team.session") == "refresh token"
    assert list(secrets) == _entries(tmp_path)


def test_one_that_nobody_named_is_found_when_it_is_asked_for(tmp_path: Path) -> None:
    secrets, keys = of_the_first_days(tmp_path)
    with_keyring(tmp_path, secrets, OldEntries()).unlock(PIN)
    vault = with_keyring(tmp_path, secrets).unlock(PIN).vault
    assert {name: vault.key(name) for name in keys} == keys
    assert vault.secret("hub.team.session") == "refresh token"
    vault.keep("hub.team.session", "rotated")
    assert vault.secret("hub.team.session") == "rotated"
    assert list(secrets) == _entries(tmp_path)


def test_a_lost_note_of_the_first_days_loses_no_key(tmp_path: Path) -> None:
    secrets, keys = of_the_first_days(tmp_path)
    (tmp_path / "vault.json").unlink()
    (tmp_path / "person").mkdir()
    (tmp_path / "person" / "outbox.db").touch()
    vault = with_keyring(tmp_path, secrets, OLD).unlock(PIN).vault
    assert {name: vault.key(name) for name in keys} == keys


@pytest.mark.parametrize("changes", range(6))
def test_wherever_the_move_is_cut_off_nothing_is_lost(tmp_path: Path, changes: int) -> None:
    secrets, keys = of_the_first_days(tmp_path)
    keyring = DesktopKeyring(secrets, ends_after=changes)
    try:
        LockedVault(tmp_path, backend=keyring, old=OLD).unlock(PIN)
    except Unavailable:
        assert json.loads((tmp_path / "vault.json").read_text()) == {"kind": "keyring"}
    vault = with_keyring(tmp_path, secrets, OLD).unlock(PIN).vault
    assert {name: vault.key(name) for name in keys} == keys
    assert vault.secret("hub.team.session") == "refresh token"
    assert not {("FleetDesk", name) for name in (*OLD.keys, *OLD.secrets)} & set(secrets)


@pytest.mark.parametrize("writes", range(3))
def test_a_full_disk_during_the_move_loses_nothing(
    tmp_path: Path, writes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets, keys = of_the_first_days(tmp_path)
    left = [writes]
    replace = small_files.replace

    def fill_up(path: Path, content: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Unavailable("The disk is full.")
        replace(path, content)

    monkeypatch.setattr(wrapped_vault, "replace", fill_up)
    try:
        with_keyring(tmp_path, secrets, OLD).unlock(PIN)
    except Unavailable:
        assert writes == 0
    monkeypatch.undo()
    vault = with_keyring(tmp_path, secrets, OLD).unlock(PIN).vault
    assert {name: vault.key(name) for name in keys} == keys


def test_two_that_move_at_once_do_not_undo_each_other(tmp_path: Path) -> None:
    secrets, keys = of_the_first_days(tmp_path)
    first, second = (with_keyring(tmp_path, secrets, OLD) for _ in range(2))
    first.unlock(PIN)
    with pytest.raises(Unavailable, match="has just chosen"):
        second.unlock("another PIN")
    for locked in (second, with_keyring(tmp_path, secrets, OLD)):
        vault = locked.unlock(PIN).vault
        assert {name: vault.key(name) for name in keys} == keys


# Another PIN or passphrase


@pytest.mark.parametrize("keyring", [True, False])
def test_it_can_be_changed_and_everything_stays(tmp_path: Path, keyring: bool) -> None:
    secrets: Contents = {}

    def locked() -> LockedVault:
        return with_keyring(tmp_path, secrets) if keyring else without_keyring(tmp_path)

    vault = locked().unlock(PASSPHRASE).vault
    key = vault.key("a")
    vault.keep("session", "refresh token")
    vault.change(PASSPHRASE, "another good horse")
    vault.keep("later", "text")
    with pytest.raises(Invalid):
        locked().unlock(PASSPHRASE)
    again = locked().unlock("another good horse").vault
    assert (again.key("a"), again.secret("session"), again.secret("later")) == (key, "refresh token", "text")
    assert len(secrets) == (1 if keyring else 0)


def test_who_does_not_know_the_present_one_changes_nothing(tmp_path: Path) -> None:
    vault = without_keyring(tmp_path).unlock(PASSPHRASE).vault
    before = (tmp_path / "vault.json").read_bytes()
    with pytest.raises(Invalid, match="That is not the passphrase"):
        vault.change("something else", "another good horse")
    with pytest.raises(Invalid, match="at least 12"):
        vault.change(PASSPHRASE, "short")
    assert (tmp_path / "vault.json").read_bytes() == before


@pytest.mark.parametrize("changes", range(3))
def test_wherever_the_change_is_cut_off_the_old_or_the_new_one_opens_it(tmp_path: Path, changes: int) -> None:
    secrets: Contents = {}
    keyring = DesktopKeyring(secrets)
    vault = LockedVault(tmp_path, backend=keyring).unlock(PIN).vault
    key = vault.key("a")
    keyring.left = changes
    changed = True
    try:
        vault.change(PIN, "new PIN")
    except Unavailable:
        changed = False
    again = with_keyring(tmp_path, secrets).unlock("new PIN" if changed else PIN).vault
    assert again.key("a") == key
    assert len(secrets) == 1


def test_a_window_that_knows_only_the_old_one_spoils_nothing(tmp_path: Path) -> None:
    window, other = (passphrase_vault(tmp_path / "vault.json") for _ in range(2))
    window.key("a")
    other.change(PASSPHRASE, "another good horse")
    for act in (lambda: window.keep("session", "text"), lambda: window.key("b"), lambda: window.secret("session")):
        with pytest.raises(Unavailable, match="was changed in another window"):
            act()
    assert passphrase_vault(tmp_path / "vault.json", "another good horse").secret("session") is None


# Each kind of vault


@pytest.fixture(params=["memory", "keyring", "passphrase"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    """Each kind of vault in turn."""
    match request.param:
        case "memory":
            return MemoryVault()
        case "keyring":
            return with_keyring(tmp_path, {}).unlock(PIN).vault
        case _:
            return passphrase_vault(tmp_path / "vault.json")


def test_a_secret_is_given_back(vault: Vault) -> None:
    vault.keep("session", "refresh token")
    assert vault.secret("session") == "refresh token"


def test_a_secret_takes_the_place_of_the_one_before(vault: Vault) -> None:
    vault.keep("session", "old")
    vault.keep("session", "new")
    assert vault.secret("session") == "new"


def test_what_was_never_kept_is_not_there(vault: Vault) -> None:
    assert vault.secret("session") is None


def test_what_is_forgotten_is_gone(vault: Vault) -> None:
    vault.keep("session", "refresh token")
    key = vault.key("replica")
    for name in ("session", "replica"):
        vault.forget(name)
    assert vault.secret("session") is None
    assert vault.key("replica") != key


def test_to_forget_what_is_not_there_is_nothing(vault: Vault) -> None:
    vault.forget("session")
    assert vault.secret("session") is None


def test_to_forget_one_leaves_the_others(vault: Vault) -> None:
    key = vault.key("session")
    vault.keep("other", "text")
    vault.forget("other")
    assert vault.key("session") == key


def test_a_secret_under_a_passphrase_is_read_by_nobody_without_it(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    passphrase_vault(path).keep("session", "refresh token")
    assert "refresh token" not in path.read_text()
    assert passphrase_vault(path).secret("session") == "refresh token"


def test_what_another_process_kept_is_not_undone(tmp_path: Path) -> None:
    window, command_line = (passphrase_vault(tmp_path / "vault.json") for _ in range(2))
    command_line.keep("session", "rotated")
    window.keep("other", "text")
    key = command_line.key("a")
    assert (window.secret("session"), window.secret("other"), window.key("a")) == ("rotated", "text", key)


def test_a_vault_of_the_first_days_takes_secrets(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    key = passphrase_vault(path).key("a")
    old = json.loads(path.read_text())
    del old["secrets"]
    path.write_text(json.dumps(old))
    vault = passphrase_vault(path)
    vault.keep("session", "refresh token")
    assert (vault.key("a"), vault.secret("session")) == (key, "refresh token")


def test_what_was_destroyed_is_not_written_again_by_who_still_has_it_open(tmp_path: Path) -> None:
    vault = with_keyring(tmp_path, {}).unlock(PIN).vault
    vault.key("a")
    vault.destroy()
    vault.forget("a")
    for act in (lambda: vault.keep("session", "tokens"), lambda: vault.key("b"), lambda: vault.secret("session")):
        with pytest.raises(Unavailable, match="were deleted"):
            act()
    assert not (tmp_path / "vault.json").exists()
