"""An embedded server's life: what a start finds and makes good, what a stop and a death leave."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from fleetdesk.demo.postgres import Binaries, EmbeddedPostgres, Server
from fleetdesk.demo.postgres.account import find_account
from fleetdesk.demo.postgres.binaries import installed_binaries, wheel_binaries
from fleetdesk.demo.postgres.processes import all_gone
from fleetdesk.errors import AlreadyRunning, DiskFull, Unavailable
from tests.postgres import enterable_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become someone else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user can enter."""
    with enterable_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data directory that servers had before: making one anew takes most of a test's time."""
    with enterable_folder() as folder:
        with EmbeddedPostgres(folder / "data", durable=False):
            pass
        yield folder / "data"


@pytest.fixture
def postgres(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """The server of that directory, not yet started; stopped afterwards."""
    postgres = EmbeddedPostgres(data_dir, durable=False)
    yield postgres
    postgres.stop()


def ask(server: Server, question: str) -> object:
    """The one value that answers a question in SQL."""
    with psycopg.connect(server.admin.url) as connection:
        row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return row[0]


def remember(server: Server, words: str) -> None:
    """Write something down in the database."""
    with psycopg.connect(server.admin.url) as connection:
        connection.execute("DROP TABLE IF EXISTS memory")
        connection.execute("CREATE TABLE memory (words text)")
        connection.execute("INSERT INTO memory VALUES (%s)", [words])


def remembered(server: Server) -> object:
    """What was written down."""
    return ask(server, "SELECT words FROM memory")


def postmaster(data_dir: Path) -> psutil.Process:
    """The process of the server that runs there."""
    return psutil.Process(int((data_dir / "cluster" / "postmaster.pid").read_text().split()[0]))


STARTER = """
import sys
from pathlib import Path
from fleetdesk.demo.postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1]), durable=False).start()
print("started", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(data_dir: Path, *, before: str = "") -> Iterator[subprocess.Popen[str]]:
    """A process that starts a server and then waits; killed at the end, if not earlier."""
    with subprocess.Popen(
        [sys.executable, "-c", before + STARTER, data_dir],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def hide(binaries: Binaries, private: Path) -> Binaries:
    """The wheel's programs as they are in an environment that only its owner can enter."""
    package = binaries.folder.parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, private / folder.name)
    return Binaries(private / binaries.folder.relative_to(package.parent), binaries.version)


class TestALife:
    def test_a_stop_keeps_the_data(self, postgres: EmbeddedPostgres) -> None:
        remember(postgres.start(), "kept")
        postgres.stop()
        assert remembered(postgres.start()) == "kept"

    def test_a_later_start_takes_the_same_port(self, postgres: EmbeddedPostgres) -> None:
        port = postgres.start().port
        postgres.stop()
        assert postgres.start().port == port

    def test_a_port_taken_meanwhile_is_exchanged(self, postgres: EmbeddedPostgres) -> None:
        port = postgres.start().port
        postgres.stop()
        with socket.create_server(("127.0.0.1", port)):
            assert ask(postgres.start(), "SELECT 1") == 1

    def test_a_stop_ends_who_is_still_connected(self, postgres: EmbeddedPostgres) -> None:
        with psycopg.connect(postgres.start().admin.url, autocommit=True) as connection:
            postgres.stop()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")

    def test_a_second_start_says_which_process_has_it(self, data_dir: Path, postgres: EmbeddedPostgres) -> None:
        postgres.start()
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()} "):
            EmbeddedPostgres(data_dir).start()

    def test_a_second_start_says_on_which_port(self, postgres: EmbeddedPostgres) -> None:
        port = postgres.start().port
        with pytest.raises(AlreadyRunning, match=f"port {port}\\."):
            postgres.start()

    def test_a_server_that_ended_by_itself_can_be_started_again(
        self, data_dir: Path, postgres: EmbeddedPostgres
    ) -> None:
        postgres.start()
        process = postmaster(data_dir)
        process.send_signal(signal.SIGINT)
        all_gone([process], 30)
        assert ask(postgres.start(), "SELECT 1") == 1

    def test_removing_leaves_nothing(self, folder: Path) -> None:
        with (postgres := EmbeddedPostgres(folder / "data", durable=False)):
            pass
        postgres.remove()
        assert list(folder.iterdir()) == []

    def test_a_running_server_is_not_removed(self, data_dir: Path, postgres: EmbeddedPostgres) -> None:
        remember(server := postgres.start(), "kept")
        with pytest.raises(AlreadyRunning):
            EmbeddedPostgres(data_dir).remove()
        assert remembered(server) == "kept"


class TestItsDoor:
    def test_a_wrong_password_is_refused(self, postgres: EmbeddedPostgres) -> None:
        admin = postgres.start().admin
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(admin.login(admin.user, "guessed").url)

    def test_the_password_is_ours_alone_to_read(self, data_dir: Path, postgres: EmbeddedPostgres) -> None:
        postgres.start()
        assert (data_dir / "password").stat().st_mode & 0o777 == 0o600

    def test_it_listens_on_loopback_alone(self, data_dir: Path, postgres: EmbeddedPostgres) -> None:
        postgres.start()
        sockets = postmaster(data_dir).net_connections("all")
        assert {found.laddr.ip for found in sockets if found.status == psutil.CONN_LISTEN} == {"127.0.0.1"}

    def test_it_makes_no_socket_in_the_file_system(self, data_dir: Path, postgres: EmbeddedPostgres) -> None:
        postgres.start()
        sockets = postmaster(data_dir).net_connections("unix")
        assert [path for found in sockets if (path := str(found.laddr))] == []


class TestDeaths:
    def test_what_was_committed_survives_a_kill(self, folder: Path) -> None:
        durable = EmbeddedPostgres(folder / "data", durable=True)
        remember(durable.start(), "kept")
        durable.kill()
        with durable as server:
            assert remembered(server) == "kept"

    def test_a_kill_leaves_no_process(self, data_dir: Path, postgres: EmbeddedPostgres) -> None:
        with psycopg.connect(postgres.start().admin.url):
            family = [process := postmaster(data_dir), *process.children()]
            postgres.kill()
        assert all_gone(family, 0)

    def test_a_pid_file_whose_number_lives_again_is_no_obstacle(
        self, data_dir: Path, postgres: EmbeddedPostgres
    ) -> None:
        postgres.start()
        postgres.stop()
        with find_account().spawn("sleep", "60", stdin=subprocess.DEVNULL, output=subprocess.DEVNULL) as stranger:
            (data_dir / "cluster" / "postmaster.pid").write_text(f"{stranger.pid}\n")
            postgres.start()
            unharmed = stranger.poll() is None
            stranger.kill()
        assert unharmed

    def test_a_server_ends_when_the_process_that_started_it_is_killed(self, data_dir: Path) -> None:
        with another_process(data_dir) as starter:
            server = postmaster(data_dir)
            starter.kill()
        assert all_gone([server], 30)

    def test_a_server_left_behind_is_stopped_by_the_next_start(
        self, data_dir: Path, postgres: EmbeddedPostgres
    ) -> None:
        with another_process(data_dir) as starter:
            left = postmaster(data_dir)
            for child in psutil.Process(starter.pid).children():
                if "watchdog" in child.cmdline():
                    child.kill()
            starter.kill()
        postgres.start()
        assert all_gone([left], 0)

    def test_a_first_start_cut_short_is_begun_anew(self, folder: Path) -> None:
        (folder / "data" / "cluster.unfinished").mkdir(parents=True)
        (folder / "data" / "cluster.unfinished" / "PG_VERSION").write_text("15\n")
        (folder / "data").chmod(0o711)
        with EmbeddedPostgres(folder / "data", durable=False) as server:
            assert ask(server, "SELECT 1") == 1

    def test_a_full_disk_is_named(self, folder: Path) -> None:
        limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
        with another_process(folder / "data", before=limit) as starter:
            _, complaint = starter.communicate()
        assert DiskFull.__name__ in complaint

    def test_after_a_full_disk_a_start_succeeds(self, folder: Path) -> None:
        limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
        with another_process(folder / "data", before=limit) as starter:
            starter.communicate()
        with EmbeddedPostgres(folder / "data", durable=False) as server:
            assert ask(server, "SELECT 1") == 1


class TestItsPrograms:
    @pytest.mark.parametrize("binaries", [*installed_binaries(), *wheel_binaries()], ids=lambda found: found.version)
    def test_every_postgresql_that_was_found_serves(self, folder: Path, binaries: Binaries) -> None:
        with EmbeddedPostgres(folder / "data", binaries=binaries, durable=False) as server:
            assert str(ask(server, "SHOW server_version")).startswith(binaries.version)

    def test_data_of_another_version_is_refused(self, folder: Path) -> None:
        newer, older = wheel_binaries()
        with EmbeddedPostgres(folder / "data", binaries=older, durable=False):
            pass
        with pytest.raises(Unavailable, match=f"made by PostgreSQL {older.major}"):
            EmbeddedPostgres(folder / "data", binaries=newer).start()

    def test_data_finds_the_version_that_made_it(self, folder: Path) -> None:
        oldest_of_wheel = wheel_binaries()[-1]
        with EmbeddedPostgres(folder / "data", binaries=oldest_of_wheel, durable=False) as server:
            remember(server, "kept")
        with EmbeddedPostgres(folder / "data", durable=False) as server:
            assert remembered(server) == "kept"


class TestAsRoot:
    @as_root
    def test_the_server_runs_as_another_user(self, data_dir: Path, postgres: EmbeddedPostgres) -> None:
        postgres.start()
        assert 0 not in postmaster(data_dir).uids()

    @as_root
    def test_a_data_directory_out_of_its_reach_keeps_its_mode(self, folder: Path, tmp_path: Path) -> None:
        with EmbeddedPostgres(tmp_path / "data", durable=False, elsewhere=[folder]):
            pass
        assert tmp_path.stat().st_mode & 0o777 == 0o700

    @as_root
    def test_data_kept_elsewhere_is_found_again(self, folder: Path, tmp_path: Path) -> None:
        with EmbeddedPostgres(tmp_path / "data", durable=False, elsewhere=[folder]) as server:
            remember(server, "kept")
        with EmbeddedPostgres(tmp_path / "data", durable=False, elsewhere=[]) as server:
            assert remembered(server) == "kept"

    @as_root
    def test_data_kept_elsewhere_is_removed_too(self, folder: Path, tmp_path: Path) -> None:
        postgres = EmbeddedPostgres(tmp_path / "data", durable=False, elsewhere=[folder])
        with postgres:
            pass
        postgres.remove()
        assert list(folder.iterdir()) == []

    @as_root
    def test_data_kept_elsewhere_for_a_directory_deleted_since_is_no_obstacle(
        self, folder: Path, tmp_path: Path
    ) -> None:
        postgres = EmbeddedPostgres(tmp_path / "data", durable=False, elsewhere=[folder])
        with postgres:
            pass
        shutil.rmtree(tmp_path / "data")
        with postgres as server:
            assert ask(server, "SELECT 1") == 1

    @as_root
    def test_programs_out_of_its_reach_are_copied(self, folder: Path, tmp_path: Path) -> None:
        hidden = hide(wheel_binaries()[0], tmp_path)
        with EmbeddedPostgres(folder / "data", binaries=hidden, durable=False) as server:
            assert str(ask(server, "SHOW server_version")).startswith(hidden.version)
