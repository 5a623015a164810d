"""Makes the desktop of a Linux machine hand `fleetdesk://` links to this FleetDesk, for the person alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from fleetdesk.errors import DiskFull, Unavailable
from fleetdesk.queries.links import SCHEME

__all__ = ["handle_links"]

_FILE = "fleetdesk.desktop"
_TYPE = f"x-scheme-handler/{SCHEME}"


def handle_links(environment: Mapping[str, str] = os.environ) -> Path:
    """Write the entry, and make it the one for our links; where it is. Raises DiskFull, Unavailable.

    Source: the Desktop Entry Specification 1.5, "Registering MIME Types"; XDG Base Directory Specification.
    """
    if not sys.platform.startswith("linux"):
        raise Unavailable("Links can be handed over on Linux only.", do="Open them with “fleetdesk open LINK”.")
    home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    entry = Path(home) / "applications" / _FILE
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(_entry(), encoding="utf-8")
    except OSError as error:
        raise DiskFull(
            f"“{entry}” cannot be written: {error.strerror}.", do="Look at its folder, and try again."
        ) from error
    if shutil.which("xdg-mime", path=environment.get("PATH")):
        subprocess.run(["xdg-mime", "default", _FILE, _TYPE], check=False, env=dict(environment))
    return entry


def _entry() -> str:
    program = " ".join(map(_quoted, (sys.executable, "-m", "fleetdesk")))
    lines = ["[Desktop Entry]", "Type=Application", "Name=FleetDesk", "Comment=Back office of the fleet platform"]
    return "\n".join([*lines, f"Exec={program} open %u", "Terminal=false", f"MimeType={_TYPE};", ""])


def _quoted(word: str) -> str:
    """A word of `Exec`: in quotes, in which four signs are escaped; a percent sign stands for itself if doubled."""
    escaped = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in word)
    return f'"{escaped}"'.replace("%", "%%")
