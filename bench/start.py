"""`python -m bench.start FOLDER`: starts the desktop over the leads in a folder, and ends once their rows are painted.

Without a folder: an empty window, for comparison. Says "usable" then; whoever started it reads the clock.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Start what the command line asks for."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if len(sys.argv) > 1:
        _desktop(Path(sys.argv[1]))
    else:
        _empty()


def _empty() -> None:
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1440, 900)
    window.show()
    app.processEvents()
    window.repaint()
    print("usable", flush=True)


def _desktop(folder: Path) -> None:
    from fleetdesk.process.collecting import collect_rarely, no_collection

    collect_rarely()
    with no_collection():
        # In the order of the command line, which comes before Qt: that looks at each import after its own.
        import fleetdesk.sync.engine.engine  # noqa: F401
        from bench.window import Window, application

    window = Window(application(), {"folder": str(folder)})
    print("usable", flush=True)
    window.close()


if __name__ == "__main__":
    main()
