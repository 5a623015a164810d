"""A process that crashes leaves no image of its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ABORTS = """
import os, sys, resource
from fleetdesk.process.core_dumps import forbid_core_dumps

os.chdir(sys.argv[1])
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
if sys.argv[2] == "forbidden":
    forbid_core_dumps()
secret = b"a key that nobody is to find"
os.abort()
"""
_MAIN = """
import ctypes, sys
from fleetdesk.__main__ import main

sys.argv = ["fleetdesk", "--help"]
try:
    main()
except SystemExit:
    pass
import resource
print("dumpable", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), "limit", *resource.getrlimit(resource.RLIMIT_CORE))
"""


def aborted(folder: Path, how: str) -> bool:
    """Whether the kernel wrote an image of a child that aborted."""
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", _ABORTS, str(folder), how], os.environ)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child did not abort"
    return os.WCOREDUMP(status)


@pytest.mark.skipif(sys.platform != "linux", reason="how others do it is theirs")
def test_a_process_that_aborts_leaves_no_image_of_its_memory(tmp_path: Path) -> None:
    assert not aborted(tmp_path, "forbidden")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="how others do it is theirs")
def test_every_command_begins_with_that() -> None:
    done = subprocess.run([sys.executable, "-c", _MAIN], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "dumpable 0 limit 0 0"


def test_this_machine_would_write_one_otherwise(tmp_path: Path) -> None:
    """Else the first test says nothing."""
    written = aborted(tmp_path, "allowed")
    for image in tmp_path.iterdir():
        image.unlink()  # it is large
    if not written:
        pytest.skip("this machine writes no images of anybody's memory")
