"""The lock names public places only, whatever index or folder the one who wrote it had configured."""

from __future__ import annotations

import re
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[3]
_LOCK = (_CHECKOUT / "uv.lock").read_text()
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
