"""The locks name public places only, whatever index or folder the one who wrote them had configured."""

from __future__ import annotations

import json
import re
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[3]
_LOCK = (_CHECKOUT / "uv.lock").read_text()
_NODE_PACKAGES = json.loads((_CHECKOUT / "tests" / "signin" / "package-lock.json").read_text())["packages"]
_PUBLIC = {"pypi.org", "files.pythonhosted.org"}


def test_every_address_in_the_lock_is_on_the_public_index() -> None:
    hosts = set(re.findall(r'"[a-z+]+://([^/"]*)', _LOCK))

    assert hosts == _PUBLIC


def test_nothing_in_the_lock_comes_from_a_folder_but_fleetdesk_itself() -> None:
    local = re.findall(r'\b(?:path|directory|editable|virtual|git|url) = "(?!https://)([^"]*)"', _LOCK)

    assert local == ["."]


def test_every_file_in_the_lock_has_its_hash() -> None:
    files = [line for line in _LOCK.splitlines() if 'url = "' in line]

    assert [line for line in files if 'hash = "sha256:' not in line] == []


def test_every_address_in_the_lock_of_the_tests_provider_is_on_the_public_registry() -> None:
    addresses = [entry["resolved"] for entry in _NODE_PACKAGES.values() if "resolved" in entry]

    assert [address for address in addresses if not address.startswith("https://registry.npmjs.org/")] == []


def test_every_package_of_the_tests_provider_has_its_hash() -> None:
    packages = {name: entry for name, entry in _NODE_PACKAGES.items() if name}

    assert packages
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
