"""Sets up a checkout on a bare machine: uv, the locked Python packages, and what they need of the system.

Run by `make` before anything else, with any Python 3.11 or later and nothing but its standard library. What it leaves
behind is `.venv/` and, where something had to be fetched that the system lacks, `.deps/`; `.venv/ready` says how a
process finds them, and is read by `packaging/run`.
"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from pathlib import Path

import debian
import uv_binary
from console import SetupError, say
from system import Surroundings, missing_fonts, missing_libraries, surroundings_of

OLDEST_PYTHON = (3, 11)
CHECKOUT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Set up this checkout; gives the exit code."""
    try:
        set_up(CHECKOUT)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def set_up(checkout: Path) -> None:
    """Bring what is missing, then write `.venv/ready`. Raises SetupError where something cannot be had."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(
            f"This is Python {sys.version.split()[0]}; FleetDesk needs {'.'.join(map(str, OLDEST_PYTHON))} or later.",
            do="Name another one: make PYTHON=python3.11 …",
        )
    deps, venv = checkout / ".deps", checkout / ".venv"
    _ensure_authorities(deps / "root")
    uv = uv_binary.find_or_download(deps / "bin")
    _sync(uv, checkout)
    surroundings = _ensure_system(venv, deps / "root") if sys.platform == "linux" else Surroundings({}, {})
    _start_qt(venv, surroundings)
    _write_ready(venv, uv, surroundings)
    say("ready")


def _ensure_authorities(root: Path) -> None:
    """Git alone does not bring the certificates of the authorities, without which nothing can be downloaded."""
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not (paths.capath and any(Path(paths.capath).iterdir())):
        if os.geteuid() != 0:
            names = ["ca-certificates"]
            raise SetupError(
                "This machine knows no certificate authority, so nothing can be downloaded safely.",
                do=f"Type `{debian.install_command(names)}`, and run this again.",
            )
        debian.bring(["ca-certificates"], root)


def _sync(uv: Path, checkout: Path) -> None:
    say("Python packages, as uv.lock names them")
    command = [str(uv), "sync", "--frozen", "--all-extras", "--compile-bytecode", "--quiet", "--python", sys.executable]
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ, "UV_PROJECT_ENVIRONMENT": str(checkout / ".venv")}
    if subprocess.run(command, cwd=checkout, env=environment, check=False).returncode:
        raise SetupError(
            "The Python packages could not be installed; uv says why above.",
            do="They come from files.pythonhosted.org; HTTPS_PROXY names a proxy, SSL_CERT_FILE own authorities.",
        )


def _ensure_system(venv: Path, root: Path) -> Surroundings:
    (site_packages,) = venv.glob("lib/python*/site-packages")
    needed = set(map(debian.package_of, missing_libraries(site_packages, surroundings_of(root))))
    wished = set(missing_fonts(root))
    if needed | wished:
        try:
            debian.bring(sorted(needed | wished), root)
        except SetupError:
            if needed:
                raise
            say("these fonts cannot be had: the window makes do with others")
    surroundings = surroundings_of(root)
    still_missing = missing_libraries(site_packages, surroundings)
    if still_missing:
        raise SetupError(
            f"These libraries are still not found: {', '.join(still_missing)}.",
            do="Install the packages of your system that hold them, and run this again.",
        )
    return surroundings


def _start_qt(venv: Path, surroundings: Surroundings) -> None:
    """The proof of it all: a window system that needs no display opens."""
    program = "from PySide6.QtWidgets import QApplication; QApplication([])"
    environment = {**surroundings.over(os.environ), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [venv / "bin" / "python", "-c", program],
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        raise SetupError(
            f"Qt does not start:\n{done.stdout}", do="Remove the folders .venv and .deps, and run this again."
        )


def _write_ready(venv: Path, uv: Path, surroundings: Surroundings) -> None:
    """Last, and at once: `make` takes this file for the sign that all is there."""
    programs = Surroundings({"PATH": (venv / "bin", uv.parent)}, {"UV_SYSTEM_CERTS": "1"})
    unfinished = venv / "ready.unfinished"
    unfinished.write_text(programs.as_shell() + surroundings.as_shell())
    unfinished.replace(venv / "ready")


if __name__ == "__main__":
    sys.exit(main())
