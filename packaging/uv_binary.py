"""Finds uv, or brings it: one wheel of the package index, pinned by its hash, holds the whole program."""

from __future__ import annotations

import hashlib
import html.parser
import http.client
import io
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit

from console import SetupError, say

OLDEST = (0, 13)

_PUBLIC_INDEX = "https://pypi.org/simple"
# The first that is set names the index, as it does for uv and pip themselves.
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_ATTEMPTS = 3
_SECONDS = 60


@dataclass(frozen=True)
class Wheel:
    """One file of one project on a package index."""

    project: str
    name: str
    sha256: str


# The statically linked builds: they run whatever the machine's C library.
WHEELS = {
    "x86_64": Wheel(
        "uv",
        "uv-0.13.8-py3-none-musllinux_1_1_x86_64.whl",
        "29451c60f5e8b07403e0a175d5229efc36b0289b34143ff4aaa499a5dd52553a",
    ),
    "aarch64": Wheel(
        "uv",
        "uv-0.13.8-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d",
    ),
}


def find_or_download(folder: Path) -> Path:
    """The uv on PATH if it is recent enough, else the one in `folder`, downloaded where it is not there yet."""
    for candidate in (shutil.which("uv"), folder / "uv"):
        if candidate is not None and _version(Path(candidate)) >= OLDEST:
            return Path(candidate)
    wheel = WHEELS.get(platform.machine()) if sys.platform == "linux" else None
    if wheel is None:
        raise SetupError(
            f"uv is not on PATH, and the setup knows of none for {sys.platform} on {platform.machine()}.",
            do="Install uv (https://docs.astral.sh/uv/) and run this again.",
        )
    index = PackageIndex(index_url(os.environ))
    say(f"uv, from {index.address}")
    return unpack_program(index.download(wheel), "uv", folder)


def index_url(environment: Mapping[str, str]) -> str:
    """The package index that the person uses, else the public one."""
    return next((environment[name] for name in _INDEX_VARIABLES if environment.get(name)), _PUBLIC_INDEX)


def unpack_program(wheel: bytes, program: str, folder: Path) -> Path:
    """Take one program out of a wheel into `folder`; gives its path."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        member = next(name for name in archive.namelist() if name.endswith(f".data/scripts/{program}"))
        content = archive.read(member)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{program}.{os.getpid()}"
    unfinished.write_bytes(content)
    unfinished.chmod(0o755)
    return unfinished.replace(folder / program)


class PackageIndex:
    """A package index with the simple API (PEP 503); its URL may carry a name and a password."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self.address = urlunsplit(parts._replace(netloc=host)).rstrip("/")
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        if parts.username:
            everything = urlunsplit((parts.scheme, host, "/", "", ""))
            passwords.add_password(
                None, everything, unquote(parts.username), unquote(parts.password or ""), is_authenticated=True
            )
        self._opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))

    def download(self, wheel: Wheel) -> bytes:
        """The wheel's content, its hash compared. Raises SetupError where it cannot be had."""
        page_url = f"{self.address}/{wheel.project}/"
        page = _Links()
        page.feed(self._get(page_url).decode())
        if wheel.name not in page.found:
            raise SetupError(
                f"The package index {self.address} does not offer {wheel.name}.",
                do="Install uv some other way (https://docs.astral.sh/uv/) and run this again.",
            )
        content = self._get(urljoin(page_url, page.found[wheel.name]))
        if hashlib.sha256(content).hexdigest() != wheel.sha256:
            raise SetupError(
                f"{wheel.name}, as {self.address} gives it, is not the published file; nothing of it was kept.",
                do="Find out who changes what you download, then run this again.",
            )
        return content

    def _get(self, url: str) -> bytes:
        """What is at `url`, asked for again when the network stutters."""
        # The person names the index, as a file too if they like: what counts is the hash of what it gives.
        request = urllib.request.Request(url, headers={"Accept": "text/html, */*;q=0.1"})  # noqa: S310
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._opener.open(request, timeout=_SECONDS) as answer:
                    content: bytes = answer.read()
                    return content
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, urllib.error.HTTPError):
                    error.close()
                if attempt == _ATTEMPTS or not _may_pass(error):
                    raise SetupError(
                        f"{url} cannot be read: {error}.",
                        do="uv comes from there. HTTPS_PROXY names a proxy, UV_DEFAULT_INDEX a mirror, SSL_CERT_FILE"
                        " authorities of your own; or put uv on PATH yourself.",
                    ) from error
                time.sleep(attempt)
        raise AssertionError("the last attempt has returned or raised")


class _Links(html.parser.HTMLParser):
    """The files that a page of the simple API names, and where each is."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href")
        if tag == "a" and address:
            url = urldefrag(address).url
            self.found[unquote(url.rpartition("/")[2])] = url


def _version(program: Path) -> tuple[int, ...]:
    """Of a uv; empty where it is absent or does not run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ()
    number = re.search(r"\d+(?:\.\d+)+", answer)
    return tuple(int(part) for part in number[0].split(".")) if number else ()


def _may_pass(error: Exception) -> bool:
    """Whether asking again can help: not where the answer was a clear no, nor where it comes from a stranger."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= 500 or error.code == 429
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return not isinstance(reason, ssl.SSLCertVerificationError)
