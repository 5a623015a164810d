"""The hosted side of a simulated day: a PostgreSQL, two hubs, people with a SQL prompt, dumps and restores."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.demo.postgres import Database, EmbeddedPostgres, prepare_database, prepare_roles
from fleetdesk.demo.registering import registered
from fleetdesk.hub.epoch import new_epoch
from fleetdesk.hub.migrate import migrate
from fleetdesk.hub_process import HubProcess
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.signin.device import new_seed
from tests.torture import history, oracle
from tests.torture.holding import Changed

__all__ = ["HostedSide", "Staff"]

_NAME = "torture"
_DUMP = "torture_dump"
_LEADS = 120
_SALES = "platform_commercial"
_STAGES = ("new", "contacted", "qualified", "onboarding", "validated", "lost")


@dataclass(frozen=True, slots=True)
class Staff:
    """One laptop's person."""

    person_id: str
    provider_id: str


class HostedSide:
    """Everything on the other side of the network, with the catastrophes that it can suffer."""

    def __init__(self, folder: Path, *, laptops: int, hub_modules: Sequence[Sequence[str]]) -> None:
        self._folder = folder
        self._postgres = EmbeddedPostgres(folder / "postgres", durable=True)
        self._database: Database | None = None
        self._issuer = DemoIssuer()
        self._modules = hub_modules
        self._hubs: list[HubProcess] = []
        self._open: list[psycopg.Connection[Any]] = []
        self.staff = [Staff(str(uuid.uuid4()), f"user_torture_{number}") for number in range(laptops)]
        self.restores = 0
        self.roles = [[Changed(0, _SALES)] for _ in self.staff]
        """The roles of each laptop's person since the epoch began."""

    def start(self) -> None:
        """Database, tables, people, leads, hubs."""
        self._database = prepare_database(self._postgres.start(), _NAME)
        migrate(self._owner)
        history.install(self._owner)
        with psycopg.connect(self._owner) as connection:
            self._insert_staff(connection)
            for number in range(_LEADS):
                self._insert_lead(connection, f"Company {number}", number)
        keys = self._folder / "keys.json"
        self._issuer.write_keys(keys)
        for number, module in enumerate(self._modules):
            hub = HubProcess(
                {
                    "FLEETDESK_DATABASE_URL": self.database.hub.url,
                    **self._issuer.settings(keys),
                    "FLEETDESK_WATCH_INTERVAL": "0.02",
                },
                log=self._folder / f"hub-{number}.log",
                module=module,
            )
            hub.start()
            self._hubs.append(hub)

    def stop(self) -> None:
        """End everything."""
        for connection in self._open:
            connection.close()
        for hub in self._hubs:
            hub.stop()
        self._postgres.stop()

    @property
    def database(self) -> Database:
        """The database's logins."""
        assert self._database is not None, "not started"
        return self._database

    @property
    def _owner(self) -> str:
        return self.database.owner.url

    @property
    def hub_addresses(self) -> list[tuple[str, int]]:
        """Host and port of each hub."""
        return [("127.0.0.1", int(hub.url.rsplit(":", 1)[1])) for hub in self._hubs]

    def token(self, laptop: int) -> str:
        """The session token of a laptop's person."""
        return self._issuer.token(self.staff[laptop].provider_id, _SALES)

    def device(self, laptop: int) -> bytes:
        """The private key of that laptop, which the hubs know."""
        key, staff = new_seed(), self.staff[laptop]
        registered(self._hubs[0].url, self._issuer, staff.provider_id, _SALES, DeviceKey(key))
        return key

    # --- catastrophes ---

    def kill_hub(self, number: int) -> None:
        """SIGKILL, and a start at the same address."""
        hub = self._hubs[number % len(self._hubs)]
        hub.kill()
        hub.start()

    def kill_database(self) -> None:
        """SIGKILL of every process of the server, and crash recovery. Its port may be another one afterwards."""
        port = self.database.owner.port
        self._postgres.kill()
        self._close_sessions()
        server = self._postgres.start()
        self._database = prepare_roles(server).on(_NAME)
        if server.port != port:
            raise RuntimeError("the database came back at another port: the hubs cannot find it")

    def dump(self) -> None:
        """Keep the database as it is now (what a nightly dump does)."""
        self._close_sessions()
        with self._admin() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(_DUMP)))
            self._clone(connection, _NAME, _DUMP)

    def restore(self) -> bool:
        """Bring the dump back in the place of the database, under a new epoch. False if there was none."""
        self._close_sessions()
        with self._admin() as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [_DUMP]).fetchone() is None:
                return False
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_NAME)))
            self._clone(connection, _DUMP, _NAME)
        history.renumber(self._owner)
        new_epoch(self._owner)
        self.restores += 1
        # The roles of the dump count from here on, under another epoch.
        self.roles = [[Changed(0, self.role(number))] for number in range(len(self.staff))]
        return True

    # --- a person with a SQL prompt ---

    def sql_edit(self, token: str, pick: int) -> None:
        """Change a company's name behind everybody's back."""
        with psycopg.connect(self._owner) as connection:
            connection.execute("SET lock_timeout = '5s'")
            connection.execute(
                "UPDATE sys_demo_lead SET company = %s, updated_at = now() WHERE id = %s",
                [f"by hand {token}", self._some_lead(connection, pick)],
            )

    def sql_insert(self, token: str, pick: int) -> None:
        """Add a lead."""
        with psycopg.connect(self._owner) as connection:
            self._insert_lead(connection, f"by hand {token}", pick)

    def sql_delete(self, pick: int) -> None:
        """Remove a lead for good, with its timeline."""
        with psycopg.connect(self._owner) as connection:
            connection.execute("SET lock_timeout = '5s'")
            lead = self._some_lead(connection, pick)
            connection.execute("SELECT FROM sys_demo_lead WHERE id = %s FOR UPDATE", [lead])
            connection.execute("DELETE FROM sys_demo_lead_activity WHERE lead_id = %s", [lead])
            connection.execute("DELETE FROM sys_demo_lead WHERE id = %s", [lead])

    def hold_open(self, token: str, pick: int) -> None:
        """Begin a transaction, write a row in it, and go for a coffee."""
        connection = psycopg.connect(self._owner)
        self._insert_lead(connection, f"held {token}", pick)
        self._open.append(connection)

    def release(self) -> None:
        """Come back from the coffee and commit."""
        while self._open:
            connection = self._open.pop()
            if not connection.broken:
                connection.commit()
            connection.close()

    def set_roles(self, roles: Mapping[int, str]) -> None:
        """Give people other roles in the hub's mirror, all in one transaction."""
        with psycopg.connect(self._owner) as connection:
            for laptop, role in roles.items():
                row = connection.execute(
                    "UPDATE adm_members SET role = %s, updated_at = now() WHERE user_id = %s"
                    " RETURNING pg_current_xact_id()::text::bigint",
                    [role, self.staff[laptop].person_id],
                ).fetchone()
                assert row is not None
                self.roles[laptop].append(Changed(row[0], role))

    def suspend(self, laptop: int) -> None:
        """Suspend a person's membership."""
        self._set_membership(laptop, "status = 'suspended'")

    def dismiss(self, laptop: int) -> None:
        """Take a person's membership away, as a webhook does."""
        self._set_membership(laptop, "deleted_at = now()")

    def readmit(self, laptop: int) -> None:
        """Give it back."""
        self._set_membership(laptop, "status = 'active', deleted_at = NULL")

    def _set_membership(self, laptop: int, setting: LiteralString) -> None:
        with psycopg.connect(self._owner) as connection:
            connection.execute(
                sql.SQL("UPDATE adm_members SET {}, updated_at = now() WHERE user_id = %s").format(sql.SQL(setting)),
                [self.staff[laptop].person_id],
            )

    # --- what the oracle reads ---

    def role(self, laptop: int) -> str:
        """The person's role as the mirror has it."""
        with psycopg.connect(self._owner) as connection:
            row = connection.execute(
                "SELECT role FROM adm_members WHERE user_id = %s", [self.staff[laptop].person_id]
            ).fetchone()
        assert row is not None
        return str(row[0])

    def is_member(self, laptop: int) -> bool:
        """Whether the person is a member now."""
        with psycopg.connect(self._owner) as connection:
            found = connection.execute(
                "SELECT FROM adm_members WHERE user_id = %s AND status = 'active' AND deleted_at IS NULL",
                [self.staff[laptop].person_id],
            ).fetchone()
        return found is not None

    def epoch(self) -> str:
        """The epoch that runs."""
        with psycopg.connect(self._owner) as connection:
            row = connection.execute("SELECT epoch FROM sys_epoch").fetchone()
        assert row is not None
        return str(row[0])

    def rows(self) -> dict[str, list[oracle.Row]]:
        """All rows of every table."""
        with psycopg.connect(self._owner, row_factory=dict_row) as connection:
            return {
                table: connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()
                for table in oracle.TABLES
            }

    def values_seen(self) -> list[oracle.Value]:
        """The history that the simulation's own triggers wrote."""
        return history.values_seen(self._owner)

    # --- how ---

    def _admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.database.admin.to("postgres").url, autocommit=True)

    def _close_sessions(self) -> None:
        for connection in self._open:
            connection.close()
        self._open.clear()

    def _clone(self, connection: psycopg.Connection[Any], source: str, target: str) -> None:
        # The hubs are connected again at once: forbid it while the files are copied.
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(source)))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
        _until_alone(connection, source)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(target), sql.Identifier(source), sql.Identifier(self.database.owner.user)
            )
        )
        for name in (source, target):
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(name)))

    def _insert_staff(self, connection: psycopg.Connection[Any]) -> None:
        now = dt.datetime.now(dt.UTC)
        for number, person in enumerate(self.staff):
            email = f"person{number}@example.com"
            connection.execute(
                "INSERT INTO adm_users (id, scope, provider_id, email, email_key, first_name, last_name, status,"
                " created_at, updated_at) VALUES (%s, 'staff', %s, %s, %s, 'Person', %s, 'active', %s, %s)",
                [person.person_id, person.provider_id, email, email, str(number), now, now],
            )
            connection.execute(
                "INSERT INTO adm_members (id, scope, user_id, organisation, role, status, created_at, updated_at)"
                " VALUES (%s, 'staff', %s, 'fleetcore-platform', %s, 'active', %s, %s)",
                [str(uuid.uuid4()), person.person_id, _SALES, now, now],
            )

    def _insert_lead(self, connection: psycopg.Connection[Any], company: str, pick: int) -> None:
        now = dt.datetime.now(dt.UTC)
        stage = _STAGES[pick % len(_STAGES)]
        connection.execute(
            "INSERT INTO sys_demo_lead (id, scope, status, company, email, country, fleet_size, tags, lost_reason,"
            " activity_count, stage_changed_at, created_at, updated_at, search_key)"
            " VALUES (%s, 'leads', %s, %s, 'a@example.com', 'AE', 5, '[]', %s, 0, %s, %s, %s, %s)",
            [str(uuid.uuid4()), stage, company, "no need" if stage == "lost" else None, now, now, now, company.lower()],
        )

    def _some_lead(self, connection: psycopg.Connection[Any], pick: int) -> str:
        row = connection.execute(
            "SELECT id FROM sys_demo_lead ORDER BY id OFFSET %s %% (SELECT count(*) FROM sys_demo_lead) LIMIT 1", [pick]
        ).fetchone()
        assert row is not None
        return str(row[0])


def _until_alone(connection: psycopg.Connection[Any], database: str) -> None:
    while connection.execute("SELECT FROM pg_stat_activity WHERE datname = %s", [database]).fetchone() is not None:
        connection.execute("SELECT pg_sleep(0.02)")
