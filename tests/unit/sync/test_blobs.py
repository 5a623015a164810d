"""Bytes of documents on the disk: encrypted, whole or not at all, and nothing readable left behind."""

from __future__ import annotations

import hashlib
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.errors import BadFile, DiskFull
from fleetdesk.models.documents import LARGEST
from fleetdesk.protocol import BYTES_PIECE
from fleetdesk.sync.files.blobs import Blobs
from fleetdesk.sync.files.copies import forget_copies_in
from fleetdesk.sync.files.folder import Folder

KEY = b"k" * 32
CONTENT = b"A licence number that nobody may read. " * 15_000  # two pieces and a bit
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "documents", KEY)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "licence.pdf"
    path.write_bytes(CONTENT)
    return path


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "documents").rglob("*") if path.is_file()]


def aged(copy: Path) -> None:
    """As if nobody had written the copy, nor anything beside it, for years."""
    for path in (*copy.iterdir(), copy):
        os.utime(path, (0, 0))


def whole(blobs: Blobs, digest: str = DIGEST, size: int = len(CONTENT)) -> bytes:
    return b"".join(blobs.piece(digest, place) for place in range(0, size, BYTES_PIECE))


def test_what_is_taken_in_comes_out_as_it_was(blobs: Blobs, source: Path) -> None:
    taken = blobs.take_in(source)
    assert (taken.sha256, taken.size) == (DIGEST, len(CONTENT))
    assert blobs.has(DIGEST)
    assert whole(blobs) == CONTENT


def test_neither_the_bytes_nor_their_digest_can_be_read_off_the_disk(
    blobs: Blobs, source: Path, tmp_path: Path
) -> None:
    blobs.take_in(source)
    [file] = files(tmp_path)
    assert b"licence" not in file.read_bytes()
    assert DIGEST[:16] not in file.name
    assert file.stat().st_mode & 0o077 == 0


def test_the_same_file_twice_lies_there_once(blobs: Blobs, source: Path, tmp_path: Path) -> None:
    blobs.take_in(source)
    blobs.take_in(source)
    assert len(files(tmp_path)) == 1


def test_bytes_that_are_no_file_are_kept_in_the_same_way(blobs: Blobs, source: Path, tmp_path: Path) -> None:
    taken = blobs.take_bytes(CONTENT)
    assert (taken, whole(blobs)) == (blobs.take_in(source), CONTENT)
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("size", [0, LARGEST + 1])
def test_no_bytes_and_too_many_are_refused(blobs: Blobs, tmp_path: Path, size: int) -> None:
    with pytest.raises(BadFile):
        blobs.take_bytes(b"x" * size)
    assert files(tmp_path) == []


def test_another_key_reads_nothing(blobs: Blobs, source: Path, tmp_path: Path) -> None:
    blobs.take_in(source)
    [file] = files(tmp_path)
    other = Blobs(tmp_path / "documents", b"x" * 32)
    assert not other.has(DIGEST)
    file.rename(other._path(DIGEST, ".blob"))  # noqa: SLF001  # as if somebody moved it there
    with pytest.raises(BadFile, match="damaged"):
        other.piece(DIGEST, 0)


@pytest.mark.parametrize("harm", ["flip", "swap", "cut"])
def test_a_file_that_was_tampered_with_is_not_opened(blobs: Blobs, source: Path, tmp_path: Path, harm: str) -> None:
    blobs.take_in(source)
    [file] = files(tmp_path)
    held = bytearray(file.read_bytes())
    sealed = BYTES_PIECE + 16
    match harm:
        case "flip":
            held[100] ^= 1
        case "swap":
            held[32 : 32 + sealed], held[32 + sealed : 32 + 2 * sealed] = (
                held[32 + sealed : 32 + 2 * sealed],
                held[32 : 32 + sealed],
            )
        case _:
            del held[32 + sealed :]
    file.write_bytes(held)
    with pytest.raises(BadFile, match="damaged"):
        blobs.open_copy(DIGEST, "licence.pdf")
    assert len(files(tmp_path)) == 1


def test_a_copy_that_was_opened_is_gone_when_all_is_closed(blobs: Blobs, source: Path, tmp_path: Path) -> None:
    blobs.take_in(source)
    copy = blobs.open_copy(DIGEST, "licence.pdf")
    assert (copy.name, copy.read_bytes(), copy.stat().st_mode & 0o077) == ("licence.pdf", CONTENT, 0)
    blobs.copies.forget()
    assert not copy.exists()


def test_a_copy_that_no_program_has_open_is_gone_after_a_while(blobs: Blobs, source: Path) -> None:
    blobs.take_in(source)
    copy = blobs.open_copy(DIGEST, "licence.pdf")
    assert blobs.copies.forget_unused(600)
    assert copy.exists()
    aged(copy.parent)
    assert not blobs.copies.forget_unused(600)
    assert not copy.exists()


def test_something_odd_among_the_copies_keeps_none_of_them_and_is_looked_at_again(blobs: Blobs, source: Path) -> None:
    blobs.take_in(source)
    copies = [blobs.open_copy(DIGEST, "licence.pdf") for _ in range(8)]
    for copy in copies:
        aged(copy.parent)
    stray = copies[0].parent.with_name("of another program")
    stray.write_bytes(b"")
    assert blobs.copies.forget_unused(600)
    assert not any(copy.exists() for copy in copies)
    stray.unlink()
    assert not blobs.copies.forget_unused(600)


def test_a_copy_that_is_about_to_be_written_stays(blobs: Blobs, source: Path) -> None:
    blobs.take_in(source)
    made = blobs.open_copy(DIGEST, "licence.pdf").parent.with_name("just made")
    made.mkdir()
    assert blobs.copies.forget_unused(600)
    assert made.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")
def test_a_copy_that_a_program_has_open_stays(blobs: Blobs, source: Path) -> None:
    blobs.take_in(source)
    copy = blobs.open_copy(DIGEST, "licence.pdf")
    aged(copy.parent)
    other = blobs.open_copy(DIGEST, "licence.pdf")
    aged(other.parent)
    with copy.open("rb"):
        assert blobs.copies.forget_unused(600)
        assert (copy.exists(), other.exists()) == (True, False)
    assert not blobs.copies.forget_unused(600)


@pytest.mark.skipif(os.name != "posix", reason="Windows deletes nothing that is read-only")
def test_a_copy_says_that_nothing_is_to_be_changed_in_it(blobs: Blobs, source: Path) -> None:
    blobs.take_in(source)
    assert blobs.open_copy(DIGEST, "licence.pdf").stat().st_mode & 0o222 == 0


def test_what_a_crash_left_is_gone_before_anything_is_unlocked(tmp_path: Path, source: Path) -> None:
    laptops = [tmp_path / "team" / name for name in ("crashed", "running")]
    copies = []
    for laptop in laptops:
        blobs = Blobs(laptop / "documents", KEY)
        blobs.take_in(source)
        copies.append(blobs.open_copy(DIGEST, "licence.pdf"))
    running = Folder(laptops[1])
    forget_copies_in(tmp_path / "team")
    running.release()
    assert [copy.exists() for copy in copies] == [False, True]


def test_what_a_crash_left_is_gone_at_the_next_start(blobs: Blobs, source: Path, tmp_path: Path) -> None:
    blobs.take_in(source)
    blobs.open_copy(DIGEST, "licence.pdf")
    (tmp_path / "documents" / "in-halfway").write_bytes(b"half")
    Blobs(tmp_path / "documents", KEY).start()
    assert len(files(tmp_path)) == 1


class TestBadSource:
    """Files that cannot be taken in, and leave nothing."""

    @pytest.fixture(autouse=True)
    def _leaves_nothing(self, tmp_path: Path) -> Iterator[None]:
        yield
        assert files(tmp_path) == []

    def test_one_that_is_gone(self, blobs: Blobs, tmp_path: Path) -> None:
        with pytest.raises(BadFile, match="cannot be read"):
            blobs.take_in(tmp_path / "gone.pdf")

    def test_a_folder(self, blobs: Blobs, tmp_path: Path) -> None:
        with pytest.raises(BadFile):
            blobs.take_in(tmp_path)

    def test_an_empty_one(self, blobs: Blobs, source: Path) -> None:
        source.write_bytes(b"")
        with pytest.raises(BadFile, match="empty"):
            blobs.take_in(source)

    def test_one_that_is_too_large(self, blobs: Blobs, source: Path) -> None:
        os.truncate(source, LARGEST + 1)
        with pytest.raises(BadFile, match="at most 25 MB"):
            blobs.take_in(source)

    @pytest.mark.parametrize("what", ["longer", "shorter", "other"])
    def test_one_that_changes_while_it_is_read(self, blobs: Blobs, source: Path, what: str) -> None:
        def change(read: int) -> None:
            if read > BYTES_PIECE:
                return
            match what:
                case "longer":
                    with source.open("ab") as file:
                        file.write(b"more")
                case "shorter":
                    os.truncate(source, BYTES_PIECE)
                case _:
                    os.utime(source, ns=(1, 1))

        with pytest.raises(BadFile, match="changed while it was read"):
            blobs.take_in(source, change)

    def test_a_disk_that_is_full(self, blobs: Blobs, source: Path) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (BYTES_PIECE, hard))
        try:
            with pytest.raises(DiskFull):
                blobs.take_in(source)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestFetching:
    """Bytes that come from the hub."""

    def test_they_are_whole_once_all_have_come(self, blobs: Blobs) -> None:
        step = 2 * BYTES_PIECE
        for place in range(0, len(CONTENT), step):
            blobs.add(DIGEST, place, CONTENT[place : place + step])
        assert not blobs.has(DIGEST)
        blobs.finish(DIGEST)
        assert whole(blobs) == CONTENT

    def test_they_go_on_after_a_crash_from_the_last_whole_piece(self, blobs: Blobs, tmp_path: Path) -> None:
        blobs.add(DIGEST, 0, CONTENT[: 2 * BYTES_PIECE])
        [file] = files(tmp_path)
        os.truncate(file, file.stat().st_size - 7)
        again = Blobs(tmp_path / "documents", KEY)
        again.start()
        assert again.coming(DIGEST) == BYTES_PIECE
        again.add(DIGEST, BYTES_PIECE, CONTENT[BYTES_PIECE:])
        again.finish(DIGEST)
        assert whole(again) == CONTENT

    def test_others_than_the_documents_are_thrown_away(self, blobs: Blobs, tmp_path: Path) -> None:
        blobs.add(DIGEST, 0, b"something else")
        with pytest.raises(BadFile, match="not the document"):
            blobs.finish(DIGEST)
        assert (files(tmp_path), blobs.coming(DIGEST)) == ([], 0)


def test_files_that_nobody_wants_go_after_their_time(blobs: Blobs, source: Path, tmp_path: Path) -> None:
    blobs.take_in(source)
    written = files(tmp_path)[0].stat().st_mtime
    blobs.keep_only((), older_than=written - 1)
    assert blobs.has(DIGEST)
    blobs.keep_only([DIGEST], older_than=written + 1)
    assert blobs.has(DIGEST)
    blobs.keep_only((), older_than=written + 1)
    assert files(tmp_path) == []
