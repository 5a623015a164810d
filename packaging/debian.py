"""Brings packages of Debian: installed, where the setup runs as root; else unpacked into a folder of our own.

Names of packages are those of Debian 12; Debian 13 knows them too, as names that its renamed packages provide.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from console import SetupError, say

# Where a library's package is not named after it.
_PACKAGE_OF = {"libglib-2.0.so.0": "libglib2.0-0", "libgthread-2.0.so.0": "libglib2.0-0"}
_LOG_LINES = 15


def package_of(library: str) -> str:
    """The package of a shared library ("libGL.so.1"), named as the Debian Policy Manual, 8.1, asks for."""
    if library in _PACKAGE_OF:
        return _PACKAGE_OF[library]
    name, _, version = library.partition(".so.")
    hyphen = "-" if name[-1].isdigit() else ""
    return f"{name}{hyphen}{version}".lower()


def bring(names: Sequence[str], root: Path) -> None:
    """Install these packages and what they need; where that takes rights we lack, unpack them under `root`.

    Raises SetupError, with the command to type, where neither is possible.
    """
    _do(_install if os.geteuid() == 0 else partial(_unpack, root=root), names)


def unpack(names: Sequence[str], root: Path) -> None:
    """Unpack these packages, and what they need that is not installed, under `root`; nothing is installed.

    Raises SetupError, with the command to type, where that is not possible.
    """
    _do(partial(_unpack, root=root), names)


def _do(what: Callable[[Sequence[str]], None], names: Sequence[str]) -> None:
    say(f"system packages: {' '.join(names)}")
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"There is no apt-get to bring what is missing, which Debian calls {', '.join(names)}.",
            do="Install what your system calls them, and run this again.",
        )
    try:
        what(names)
    except subprocess.CalledProcessError as error:
        log = "\n".join(f"  {line}" for line in error.stdout.splitlines()[-_LOG_LINES:])
        raise SetupError(
            f"{error.cmd[0]} failed:\n{log}", do=f"Type `{install_command(names)}`, and run this again."
        ) from error


def install_command(names: Sequence[str]) -> str:
    """What a person types to have these packages."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install --no-install-recommends {' '.join(names)}"


def _install(names: Sequence[str]) -> None:
    apt_get = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt_get, "install", "--yes", "--no-install-recommends", *names]
    try:
        _run(install)
    except subprocess.CalledProcessError:
        # The lists of what there is are absent or old, as in most images of Debian.
        _run([*apt_get, "update"])
        _run(install)


def _unpack(names: Sequence[str], root: Path) -> None:
    """As any user may: apt with lists of its own downloads what is not installed, dpkg opens each archive."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="apt-", dir=root.parent) as name:
        own = Path(name)
        (own / "lists" / "partial").mkdir(parents=True)
        options = (f"Dir::State::Lists={own}/lists", f"Dir::Cache={own}", f"Dir::Log={own}", "Debug::NoLocking=true")
        apt_get = ["apt-get", *(part for option in options for part in ("-o", option))]
        _run([*apt_get, "update"])
        plan = _run([*apt_get, "install", "--simulate", "--no-install-recommends", *names])
        # A line with brackets after the name would upgrade what is installed, and works as it is.
        wanted = re.findall(r"^Inst (\S+) \(", plan, flags=re.MULTILINE)
        if wanted:
            _run([*apt_get, "download", *wanted], folder=own)
        for archive in own.glob("*.deb"):
            _run(["dpkg", "--extract", str(archive), str(root)])


def _run(command: Sequence[str], folder: Path | None = None) -> str:
    """What the command printed, in English. Raises CalledProcessError, carrying what it printed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.stdout
