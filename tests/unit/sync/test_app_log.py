"""The desktop's log says what happened, and nothing of anybody: it is made to be handed on."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from fleetdesk.errors import DiskFull
from fleetdesk.process.log_lines import readable
from fleetdesk.sync.files.app_log import keeping_log, last_lines

PLANTED = ("Mona Haddad", "mona@example.com", "+971501234567", "/home/mona", "call back on Sunday")
log = logging.getLogger("fleetdesk.sync.test")


def written(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.glob("fleetdesk.log*"))


def test_what_happened_is_written_with_its_level_and_what_stands_beside_it(tmp_path: Path) -> None:
    with keeping_log(tmp_path):
        log.warning("attempt failed", extra={"way": "pull", "reason": "Offline"})
    line = json.loads(last_lines(tmp_path)[1])
    told = (line["level"], line["logger"], line["event"], line["way"], line["reason"])
    assert told == ("warning", "fleetdesk.sync.test", "attempt failed", "pull", "Offline")


@pytest.mark.parametrize("planted", PLANTED)
def test_nothing_of_anybody_gets_into_it(tmp_path: Path, planted: str) -> None:
    with keeping_log(tmp_path):
        log.warning("cannot write %s", planted)
        try:
            raise DiskFull(f"“{planted}” cannot be written.", do=planted)
        except DiskFull:
            log.exception("a mistake of ours")
    text = written(tmp_path)
    assert "cannot write %s" in text
    assert "DiskFull" in text
    assert planted not in text


def test_where_it_was_is_told_without_whose_machine_it_is(tmp_path: Path) -> None:
    with keeping_log(tmp_path):
        try:
            raise ValueError
        except ValueError:
            log.exception("a mistake of ours")
    assert json.loads(last_lines(tmp_path)[1])["at"][0].startswith("test_app_log.py:")


def test_other_libraries_do_not_write_there(tmp_path: Path) -> None:
    with keeping_log(tmp_path):
        logging.getLogger("httpx").warning("GET https://hub.example.com/?person=mona")
    assert "httpx" not in written(tmp_path)


def test_it_stays_small(tmp_path: Path) -> None:
    with keeping_log(tmp_path):
        for _ in range(10_000):
            log.info("attempt failed", extra={"way": "pull", "reason": "Offline"})
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 1_000_000
    assert len(last_lines(tmp_path)) == 300


def test_no_other_user_of_the_machine_reads_it(tmp_path: Path) -> None:
    with keeping_log(tmp_path / "new"):
        log.info("attempt failed")
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_where_it_cannot_be_written_work_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with keeping_log(tmp_path / "file"):
        log.info("attempt failed")
    assert last_lines(tmp_path / "file") == ()


def test_a_line_is_shown_as_people_read_it() -> None:
    line = '{"time": "2026-03-01T12:00:00Z", "level": "info", "logger": "fleetdesk", "event": "began", "way": "pull"}'
    assert readable(line) == "2026-03-01T12:00:00Z  info  fleetdesk  began  way=pull"
    assert readable("no line of ours") == "no line of ours"
