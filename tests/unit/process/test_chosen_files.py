"""What a person names and is no file is refused at once, by whatever would read it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from fleetdesk.errors import BadFile, BadSettings, Invalid
from fleetdesk.models.access import Role
from fleetdesk.process.chosen_files import demand_file
from fleetdesk.reports.lead_import import open_leads
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.blobs import Blobs
from fleetdesk.sync.files.sealed import demand_sealed
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import ConnectionKind
from fleetdesk.team.book import ConnectionBook
from tests.unit.reports.laptop import opened

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes"),
    pytest.mark.timeout(20),  # who opens a pipe waits for ever for somebody to write into it
]


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv"


def link_to_a_pipe(folder: Path) -> Path:
    (folder / "link.csv").symlink_to(pipe(folder))
    return folder / "link.csv"


def device(_folder: Path) -> Path:
    return Path("/dev/zero")


def folder(folder: Path) -> Path:
    (folder / "folder.csv").mkdir()
    return folder / "folder.csv"


@pytest.fixture(params=[pipe, link_to_a_pipe, device, folder], ids=lambda made: made.__name__)
def no_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made: Path = request.param(tmp_path)
    return made


def spreadsheet(path: Path, _folder: Path) -> None:
    open_leads(path)


def document(path: Path, folder: Path) -> None:
    Blobs(folder / "documents", b"k" * 32).take_in(path)


def carried_changes(path: Path, _folder: Path) -> None:
    demand_sealed(path)


def certificates(path: Path, folder: Path) -> None:
    book = ConnectionBook(LaptopSettings(data_dir=folder), lambda _connection: MemoryVault())
    given = {
        "hub_url": "https://hub.example",
        "issuer": "https://clerk.example",
        "client_id": "desktop",
        "ca_file": path,
    }
    book.changed("team", ConnectionKind.HUB, given)


@pytest.mark.parametrize("read", [spreadsheet, document, carried_changes, certificates], ids=lambda read: read.__name__)
def test_nothing_but_a_file_is_opened(read: Callable[[Path, Path], None], no_file: Path, tmp_path: Path) -> None:
    with pytest.raises((BadFile, BadSettings), match=f"“{no_file.name}” is no file but"):
        read(no_file, tmp_path)


def test_it_says_what_it_is(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s"))
        with pytest.raises(BadFile, match="no file but a socket"):
            demand_file(tmp_path / "s")


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("Name\nAli\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "leads.csv")
    assert len(list(open_leads(tmp_path / "link.csv").rows())) == 1


@pytest.mark.parametrize(
    "name", ["/tmp/evil.pdf", "../evil.pdf", "..", "run.desktop", "run.sh", "a\0.pdf", "cod\u202efdp.exe"]
)
def test_a_document_is_written_under_no_name_that_leads_elsewhere_or_is_a_programs(tmp_path: Path, name: str) -> None:
    """Names are checked where documents are attached, but a hub that was taken over may send any."""
    with opened(tmp_path, Role.COMMERCIAL) as store:
        taken = store.documents.take_bytes("licence.pdf", b"content")
        before = set(tmp_path.rglob("*"))
        with pytest.raises(Invalid):
            store.documents.open_copy(taken.sha256, name)
        assert set(tmp_path.rglob("*")) == before
        assert store.documents.open_copy(taken.sha256, "licence.pdf").read_bytes() == b"content"
