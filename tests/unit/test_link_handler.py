"""The entry by which other programs hand our links over."""

from __future__ import annotations

import configparser
import shlex
import sys
from pathlib import Path

import pytest

from fleetdesk.demo.link_handler import handle_links
from fleetdesk.errors import DiskFull


def test_it_names_this_program_and_our_links(tmp_path: Path) -> None:
    path = handle_links({"XDG_DATA_HOME": str(tmp_path), "PATH": ""})

    entry = configparser.ConfigParser(interpolation=None)
    entry.read(path)
    assert path == tmp_path / "applications" / "fleetdesk.desktop"
    assert entry["Desktop Entry"]["MimeType"] == "x-scheme-handler/fleetdesk;"
    assert shlex.split(entry["Desktop Entry"]["Exec"]) == [sys.executable, "-m", "fleetdesk", "open", "%u"]


def test_a_program_whose_path_has_signs_of_its_own_is_named_so_that_it_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", '/opt/50% "off"/python')

    entry = handle_links({"XDG_DATA_HOME": str(tmp_path), "PATH": ""}).read_text()

    assert r'Exec="/opt/50%% \"off\"/python" "-m" "fleetdesk" open %u' in entry


def test_where_it_cannot_be_written_it_is_said_which_file_it_is(tmp_path: Path) -> None:
    (tmp_path / "applications").write_text("a file in the place of the folder")

    with pytest.raises(DiskFull, match="applications"):
        handle_links({"XDG_DATA_HOME": str(tmp_path), "PATH": ""})
