"""Connections are tried before they are kept, change part by part, and go without taking unsent work along."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.direct.keys import DATABASE, DirectKeys
from fleetdesk.errors import AlreadyRunning, BadSettings, Unavailable
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.sync.signin.flow import sign_in as sign_in_there
from fleetdesk.sync.signin.provider import Provider
from fleetdesk.sync.signin.tokens import Tokens
from fleetdesk.team.book import ConnectionBook, Unsent
from fleetdesk.team.laptop import TeamLaptop, connection_folder
from fleetdesk.team.listing import listed, note_use
from tests.hub.support import Hosted
from tests.signin.provider import CLIENT, STAFF, Browser, RealProvider
from tests.sync.running import QUICK, RunningHub

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def settings(tmp_path: Path) -> LaptopSettings:
    return replace(QUICK, data_dir=tmp_path / "data")


@pytest.fixture
def book(settings: LaptopSettings, vault: MemoryVault) -> ConnectionBook:
    return ConnectionBook(settings, lambda _connection: vault)


@pytest.fixture
def team(provider: RealProvider, hub: RunningHub) -> Connection:
    """A connection that works."""
    return Connection(name="team", hub_url=hub.url, issuer=provider.issuer, client_id=CLIENT)


@pytest.fixture
def direct(provider: RealProvider) -> Connection:
    return Connection(
        name="own", kind=ConnectionKind.DIRECT, issuer=provider.issuer, client_id=CLIENT, organisation_id=STAFF
    )


def known(settings: LaptopSettings) -> dict[str, Connection]:
    return Connections(settings.data_dir).all()


# --------------------------------------------------------------------------------------------------------------- a hub


def test_one_that_works_is_kept(book: ConnectionBook, settings: LaptopSettings, team: Connection) -> None:
    book.keep(team, {})
    assert known(settings) == {"team": team}


@pytest.mark.parametrize(
    ("wrong", "told", "not_told"),
    [
        ({"hub_url": NOWHERE}, "The hub cannot be reached", "sign-in service"),
        ({"issuer": NOWHERE}, "sign-in service 127.0.0.1:9 cannot be reached", "hub"),
    ],
)
def test_one_that_does_not_answer_takes_no_good_ones_place_and_is_named(
    book: ConnectionBook, settings: LaptopSettings, team: Connection, wrong: dict[str, str], told: str, not_told: str
) -> None:
    book.keep(team, {})
    with pytest.raises(Unavailable) as error:
        book.keep(team.model_copy(update=wrong), {})
    assert told in error.value.what
    assert not_told not in error.value.what
    assert known(settings) == {"team": team}


def test_both_are_named_where_neither_answers(book: ConnectionBook, team: Connection) -> None:
    with pytest.raises(Unavailable, match=r"The hub cannot be reached\. The sign-in service"):
        book.keep(team.model_copy(update={"hub_url": NOWHERE, "issuer": NOWHERE}), {})


def test_a_hub_that_cannot_serve_is_told_so(book: ConnectionBook, team: Connection, hosted: Hosted) -> None:
    hosted.execute("DELETE FROM sys_epoch")
    with pytest.raises(Unavailable, match="not of this version"):
        book.keep(team, {})


@pytest.mark.parametrize("anyway", [False, True])
def test_what_is_no_hub_is_not_kept_whatever_is_said(
    book: ConnectionBook, settings: LaptopSettings, team: Connection, anyway: bool
) -> None:
    with pytest.raises(BadSettings, match=f"What answers at {team.issuer} is no hub"):
        book.keep(team.model_copy(update={"hub_url": team.issuer}), {}, anyway=anyway)
    assert known(settings) == {}


def test_what_is_no_sign_in_service_is_not_kept(book: ConnectionBook, team: Connection) -> None:
    with pytest.raises(BadSettings, match="no sign-in service"):
        book.keep(team.model_copy(update={"issuer": team.hub_url}), {})


def test_offline_it_is_kept_on_purpose(book: ConnectionBook, settings: LaptopSettings, team: Connection) -> None:
    away = team.model_copy(update={"hub_url": NOWHERE, "issuer": NOWHERE})
    book.keep(away, {}, anyway=True)
    assert known(settings) == {"team": away}


# --------------------------------------------------------------------------------------------------------------- parts


def test_a_part_that_is_given_leaves_the_others_as_they_were(book: ConnectionBook, team: Connection) -> None:
    book.keep(team, {})
    changed = book.changed("team", ConnectionKind.HUB, {"hub_url": "https://hub.example.com"})
    assert changed == team.model_copy(update={"hub_url": "https://hub.example.com"})


def test_a_new_one_needs_all_its_parts(book: ConnectionBook) -> None:
    with pytest.raises(BadSettings, match="lacks its sign-in service and its client id"):
        book.changed("team", ConnectionKind.HUB, {"hub_url": "https://hub.example.com"})


def test_no_connection_becomes_another_kind(book: ConnectionBook, team: Connection) -> None:
    book.keep(team, {})
    with pytest.raises(BadSettings, match="does not become another kind"):
        book.changed("team", ConnectionKind.DIRECT, {"hub_url": ""})


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read: No such file"), ("folder", "cannot be read"), ("text", "no certificates")],
)
def test_a_file_of_certificates_has_to_be_there(
    book: ConnectionBook, team: Connection, tmp_path: Path, content: str | None, told: str
) -> None:
    file = tmp_path / "authorities.pem"
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_text(content)
    with pytest.raises(BadSettings, match=told):
        book.changed("team", ConnectionKind.HUB, team.model_dump(exclude={"name", "kind"}) | {"ca_file": file})


# -------------------------------------------------------------------------------------------------------------- direct


def test_a_direct_one_is_kept_with_its_secret_in_the_vault_alone(
    book: ConnectionBook, settings: LaptopSettings, direct: Connection, hosted: Hosted, vault: MemoryVault
) -> None:
    book.keep(direct, {DATABASE: hosted.database.hub.url})
    assert known(settings) == {"own": direct}
    assert DirectKeys(vault, "own").database().url == hosted.database.hub.url
    written = "".join(file.read_text() for file in settings.data_dir.rglob("*") if file.is_file())
    assert hosted.database.hub.password not in written
    assert hosted.database.hub.user not in written


def test_a_database_that_refuses_takes_no_good_ones_place(
    book: ConnectionBook, direct: Connection, hosted: Hosted, vault: MemoryVault
) -> None:
    book.keep(direct, {DATABASE: hosted.database.hub.url})
    for url in (hosted.database.owner.url, hosted.database.hub.url.replace("127.0.0.1", "127.0.0.9")):
        with pytest.raises((BadSettings, Unavailable)):
            book.keep(direct, {DATABASE: url})
    with pytest.raises(BadSettings, match="must not connect as"):
        book.keep(direct, {DATABASE: hosted.database.owner.url}, anyway=True)
    assert DirectKeys(vault, "own").database().url == hosted.database.hub.url


def test_a_part_of_it_is_tried_with_the_database_that_is_kept(
    book: ConnectionBook, settings: LaptopSettings, direct: Connection, hosted: Hosted
) -> None:
    book.keep(direct, {DATABASE: hosted.database.hub.url})
    changed = book.changed("own", None, {"organisation_id": "org_other"})
    book.keep(changed, {})
    assert known(settings)["own"].organisation_id == "org_other"


# ------------------------------------------------------------------------------------------------------------- removal


@pytest.fixture
def sign_in(
    book: ConnectionBook, settings: LaptopSettings, team: Connection, provider: RealProvider, vault: MemoryVault
) -> Callable[[], TeamLaptop]:
    """Somebody signs in with the connection, which is kept."""

    def signed_in() -> TeamLaptop:
        book.keep(team, {})
        laptop = TeamLaptop(
            team,
            settings,
            vault,
            fleet_platform(),
            SystemClock(),
            browse=Browser(f"user_{Role.COMMERCIAL}"),
            provider=Provider(provider.registration()),
        )
        asyncio.run(laptop.sign_in())
        return laptop

    return signed_in


def work(laptop: TeamLaptop) -> None:
    """A lead is written down, and not sent."""
    who = asyncio.run(laptop.session().person())
    assert who is not None
    store, _ = laptop.open_store(who)
    act = CreateLead(id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values={"company": "Bolt"})
    with closing(store):
        assert store.perform(act)[0].settled


def test_removed_its_copy_its_session_and_its_keys_are_gone(
    book: ConnectionBook,
    settings: LaptopSettings,
    team: Connection,
    sign_in: Callable[[], TeamLaptop],
    vault: MemoryVault,
) -> None:
    laptop = sign_in()
    place = laptop.keys_of(laptop.places()[0])
    assert book.unsent(team) == Unsent()
    book.remove(team)
    assert (known(settings), connection_folder(settings, team).exists()) == ({}, False)
    assert [vault.secret(name) for name in ("hub.team.session", "hub.team.access", f"{place}.outbox")] == [None] * 3


def test_what_was_never_sent_stays_and_is_found_again(
    book: ConnectionBook, settings: LaptopSettings, team: Connection, sign_in: Callable[[], TeamLaptop]
) -> None:
    work(sign_in())
    assert book.unsent(team) == Unsent(changes=1)
    book.remove(team)
    assert known(settings) == {}
    sign_in()
    assert book.unsent(team) == Unsent(changes=1)


def test_it_goes_too_if_the_person_says_so(
    book: ConnectionBook, settings: LaptopSettings, team: Connection, sign_in: Callable[[], TeamLaptop]
) -> None:
    work(sign_in())
    book.remove(team, with_unsent=True)
    assert not connection_folder(settings, team).exists()


def test_while_its_window_is_open_it_is_not_removed(
    book: ConnectionBook, settings: LaptopSettings, team: Connection, sign_in: Callable[[], TeamLaptop]
) -> None:
    laptop = sign_in()
    with closing(laptop.open_place(laptop.places()[0])), pytest.raises(AlreadyRunning):
        book.remove(team, with_unsent=True)
    assert "team" in known(settings)
    assert asyncio.run(laptop.session().person()) is not None


def test_without_its_provider_it_is_removed_and_that_is_told(
    book: ConnectionBook, settings: LaptopSettings, vault: MemoryVault, hub: RunningHub, own_provider: RealProvider
) -> None:
    gone = Connection(name="gone", hub_url=hub.url, issuer=own_provider.issuer, client_id=CLIENT)
    book.keep(gone, {})
    provider = Provider(own_provider.registration())
    laptop = TeamLaptop(gone, settings, vault, fleet_platform(), SystemClock(), provider=provider)
    asyncio.run(laptop.session().begin(asyncio.run(_tokens(provider))))
    own_provider.stop()
    assert "the sign-in service was not told" in book.remove(gone)
    assert known(settings) == {}


async def _tokens(provider: Provider) -> Tokens:
    return await sign_in_there(provider, browse=Browser(f"user_{Role.COMMERCIAL}"), clock=SystemClock())


def test_one_of_another_provider_than_its_session_is_removed_without_a_word(
    book: ConnectionBook, settings: LaptopSettings, team: Connection, sign_in: Callable[[], TeamLaptop]
) -> None:
    sign_in()
    away = team.model_copy(update={"issuer": NOWHERE})
    book.keep(away, {}, anyway=True)
    assert book.remove(away) == ""  # its session was another provider's, which nobody can ask any more
    assert known(settings) == {}


def test_secrets_of_a_direct_one_are_forgotten(
    book: ConnectionBook, settings: LaptopSettings, direct: Connection, hosted: Hosted, vault: MemoryVault
) -> None:
    book.keep(direct, {DATABASE: hosted.database.hub.url})
    connection_folder(settings, direct).mkdir(parents=True, exist_ok=True)
    book.remove(direct)
    assert DirectKeys(vault, "own").kept() == ()


# -------------------------------------------------------------------------------------------------------- command line


def fleetdesk(settings: LaptopSettings, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """The command line on a machine without a display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-m", "fleetdesk", *arguments],
        env=environment | {"FLEETDESK_DATA_DIR": str(settings.data_dir)},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_display_it_says_so_in_a_sentence(settings: LaptopSettings, team: Connection) -> None:
    parts = ("--hub", team.hub_url, "--issuer", team.issuer, "--client", team.client_id)
    done = fleetdesk(settings, "connect", "team", *parts)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("There is no display here")
    assert known(settings) == {"team": team}


def test_what_is_listed_begins_with_what_was_opened_last(settings: LaptopSettings, team: Connection) -> None:
    connections = Connections(settings.data_dir)
    for name in ("alpha", "beta"):
        connections.keep(team.model_copy(update={"name": name}))
    folder = connection_folder(settings, connections.get("beta"))
    folder.mkdir(parents=True)
    note_use(folder)
    assert [each.connection.name for each in listed(settings)] == ["beta", "alpha"]
    lines = fleetdesk(settings, "connections").stdout.splitlines()
    assert [line.split(" · ")[0] for line in lines] == ["beta", "alpha"]
    assert team.hub_url in lines[0]
    assert lines[1].endswith("never opened")


def test_a_typing_error_leaves_the_connection_as_it_was(settings: LaptopSettings, team: Connection) -> None:
    Connections(settings.data_dir).keep(team)
    done = fleetdesk(settings, "connect", "team", "--hub", NOWHERE)
    assert done.returncode == 1
    assert "The hub cannot be reached. Nothing was changed." in done.stderr
    assert "--anyway" in done.stderr
    assert known(settings) == {"team": team}


def test_the_databases_address_is_no_argument(settings: LaptopSettings, direct: Connection, hosted: Hosted) -> None:
    parts = ("--direct", "--issuer", direct.issuer, "--client", CLIENT, "--organisation", STAFF)
    done = fleetdesk(settings, "connect", "own", *parts, given=hosted.database.owner.url + "\n")
    assert done.returncode == 1
    assert f"“{hosted.database.name}” on 127.0.0.1, as “{hosted.database.owner.user}”" in done.stderr
    assert "must not connect as" in done.stderr
    assert "Traceback" not in done.stderr
    assert hosted.database.owner.password not in done.stderr + done.stdout
    assert known(settings) == {}


def test_a_hub_and_the_database_at_once_are_refused(settings: LaptopSettings) -> None:
    done = fleetdesk(settings, "connect", "x", "--direct", "--hub", "https://hub.example.com")
    assert (done.returncode, "Leave one of both out" in done.stderr) == (1, True)


def test_without_a_command_and_a_display_it_shows_its_help(settings: LaptopSettings) -> None:
    done = fleetdesk(settings)
    assert done.returncode == 0
    assert "connections" in done.stdout
