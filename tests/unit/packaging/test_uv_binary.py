"""uv comes from the index that the person uses, and only as it was published."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from console import SetupError
from uv_binary import WHEELS, PackageIndex, Wheel, index_url, unpack_program


def wheel_content() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tool-1.0.data/scripts/tool", "#!/bin/sh\necho tool 1.0\n")
        archive.writestr("tool/__init__.py", "")
    return buffer.getvalue()


CONTENT = wheel_content()
WHEEL = Wheel("tool", "tool-1.0-py3-none-any.whl", hashlib.sha256(CONTENT).hexdigest())


class Index(http.server.BaseHTTPRequestHandler):
    """A package index that refers to its files as mirrors do: by a relative address with a hash behind it."""

    pages: ClassVar[dict[str, bytes]] = {
        "/simple/tool/": f'<a href="../../files/{WHEEL.name}#sha256=0" data-requires-python="&gt;=3.8">x</a>'.encode(),
        f"/files/{WHEEL.name}": CONTENT,
    }
    password: ClassVar[str | None] = None

    def do_GET(self) -> None:
        expected = self.password and f"Basic {base64.b64encode(self.password.encode()).decode()}"
        if expected and self.headers.get("Authorization") != expected:
            self.send_error(403)
        elif self.path not in self.pages:
            self.send_error(404)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.pages[self.path])

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""

    def log_error(self, message: str, *values: object) -> None:
        """Say nothing."""


class LockedIndex(Index):
    password = "sara:p@ss"


@contextmanager
def serving(handler: type[Index]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}/simple"
        server.shutdown()
        thread.join()


def test_a_wheel_is_found_through_a_relative_address() -> None:
    with serving(Index) as address:
        assert PackageIndex(f"http://{address}").download(WHEEL) == CONTENT


def test_a_wheel_with_another_hash_is_refused() -> None:
    with serving(Index) as address, pytest.raises(SetupError, match="is not the published file"):
        PackageIndex(f"http://{address}/").download(Wheel(WHEEL.project, WHEEL.name, "0" * 64))


def test_a_wheel_that_the_index_lacks_is_named() -> None:
    with serving(Index) as address, pytest.raises(SetupError, match="does not offer tool-2"):
        PackageIndex(f"http://{address}").download(Wheel("tool", "tool-2.0-py3-none-any.whl", WHEEL.sha256))


def test_an_index_that_refuses_is_asked_once_and_named_with_a_way_out() -> None:
    with serving(LockedIndex) as address, pytest.raises(SetupError, match=r"403.*\n.*UV_DEFAULT_INDEX"):
        PackageIndex(f"http://{address}").download(WHEEL)


def test_the_password_in_the_address_of_an_index_is_used() -> None:
    with serving(LockedIndex) as address:
        assert PackageIndex(f"http://sara:p%40ss@{address}").download(WHEEL) == CONTENT


def test_the_password_in_the_address_of_an_index_is_never_shown() -> None:
    with serving(Index) as address, pytest.raises(SetupError) as caught:
        PackageIndex(f"http://sara:secret@{address}").download(Wheel("absent", WHEEL.name, WHEEL.sha256))

    assert "secret" not in str(caught.value)


def test_an_unpacked_program_runs(tmp_path: Path) -> None:
    program = unpack_program(CONTENT, "tool", tmp_path / "bin")

    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "tool 1.0\n"


def test_the_index_of_uv_comes_before_that_of_pip() -> None:
    assert index_url({"PIP_INDEX_URL": "https://pip", "UV_DEFAULT_INDEX": "https://uv"}) == "https://uv"


def test_without_an_index_of_their_own_people_get_the_public_one() -> None:
    assert index_url({"PIP_INDEX_URL": ""}) == "https://pypi.org/simple"


def test_both_machines_get_the_same_version() -> None:
    assert len({wheel.name.split("-")[1] for wheel in WHEELS.values()}) == 1
