"""What a window that begins does without: it stands sooner for each thing that is not loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_LATER = ("httpx", "jwt", "sqlalchemy.dialects.postgresql", "fleetdesk.reports", "fastapi", "psycopg")
_GOING_ON = """
import asyncio, datetime as dt, sys
from pathlib import Path
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.ids import SystemClock
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection
from fleetdesk.sync.signin.tokens import SignedInAs, Tokens, TokenShelf
from fleetdesk.team.laptop import TeamLaptop

connection = Connection(name="team", hub_url="https://hub.example", issuer="https://id.example", client_id="desk")
vault, clock = MemoryVault(), SystemClock()
mona = SignedInAs("user_1", "Mona", "mona@example.com")
ends = clock.now() + dt.timedelta(hours=1)
TokenShelf(vault, "hub.team", connection.registration).keep(Tokens("access", ends, "refresh", mona))
laptop = TeamLaptop(connection, LaptopSettings(data_dir=Path(sys.argv[1])), vault, fleet_platform(), clock)

async def go_on():
    session = laptop.session()
    laptop.client(session, mona)
    return (await session.person()).name, await session.token()

print(*asyncio.run(go_on()), *(name for name in ("httpx", "jwt") if name in sys.modules))
"""


def said(program: str, *arguments: str) -> list[str]:
    """The words that a program of its own prints."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("module", ["fleetdesk.app", "fleetdesk.team.window"])
def test_a_window_that_begins_loads_neither_network_nor_spreadsheets(module: str) -> None:
    assert said(f"import sys, {module}; print(*(name for name in {_LATER!r} if name in sys.modules))") == []


def test_nor_does_a_session_that_is_gone_on_with(tmp_path: Path) -> None:
    assert said(_GOING_ON, str(tmp_path)) == ["Mona", "access"]
