"""What holds for every test: no display, no keyring, no home and no settings but those that the test brings itself."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_HOMES = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")

# A slow machine is no failure, and a failure can be played again from what it printed.
settings.register_profile("fleetdesk", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fleetdesk")


def pytest_configure(config: pytest.Config) -> None:
    """Before any module of a test is imported, make the environment say nothing about this machine's owner."""
    for name in list(os.environ):
        if name.startswith("FLEETDESK_") and not name.startswith("FLEETDESK_TEST_"):
            del os.environ[name]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nowhere"
    home = tempfile.TemporaryDirectory(prefix="fleetdesk-home-")
    config.add_cleanup(home.cleanup)
    for name in _HOMES:
        folder = Path(home.name) / name.lower()
        folder.mkdir(mode=0o700)
        os.environ[name] = str(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's warnings fail a test, but for those by which its display without a screen says what it cannot do."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))
