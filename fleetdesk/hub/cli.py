"""`fleetdesk hub …`: serve, migrate, new-epoch, verify-audit, follow-members, admin.

Settings and secrets come from the environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import psycopg
import typer
from psycopg.conninfo import conninfo_to_dict

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import BadSettings, FleetDeskError, Refused
from fleetdesk.hub.admin import Candidate, add_admin, add_member
from fleetdesk.hub.at_clerk import memberships_at_clerk
from fleetdesk.hub.database import Database
from fleetdesk.hub.epoch import new_epoch
from fleetdesk.hub.member_mirror import MemberMirror
from fleetdesk.hub.migrate import migrate
from fleetdesk.hub.owned import owned_settings, told_to_owner
from fleetdesk.hub.sealing import verify
from fleetdesk.hub.serve import serve
from fleetdesk.models.access import role_name, role_named
from fleetdesk.models.audit_chain import Seal
from fleetdesk.models.ids import SystemClock
from fleetdesk.settings import HubSettings, describe, example, hub_settings, secrets

__all__ = ["hub_cli"]

_SECRETS = secrets(HubSettings)
_VARIABLES = "\n\n".join(
    f"{variable}{' (or ' + variable + '_FILE)' if variable in _SECRETS else ''}: {about}"
    for variable, about in describe(HubSettings)
)

hub_cli = typer.Typer(name="hub", help="The hosted half.", epilog=f"Settings:\n\n{_VARIABLES}", no_args_is_help=True)

_member_cli = typer.Typer(help="The staff, where no provider says who they are.", no_args_is_help=True)
hub_cli.add_typer(_member_cli, name="member")

_admin_cli = typer.Typer(help="Super admins, where none is there to make one.", no_args_is_help=True)
hub_cli.add_typer(_admin_cli, name="admin")


@hub_cli.command("serve")
def serve_command(
    *,
    owned: Annotated[
        bool, typer.Option("--owned", help="settings come by standard input, and its end is the hub's", hidden=True)
    ] = False,
) -> None:
    """Serve laptops until asked to stop."""
    with told_to_owner() if owned else _told():
        settings = owned_settings() if owned else hub_settings()
        _demand_address(settings.database_url, "FLEETDESK_DATABASE_URL")
        serve(settings, fleet_platform())


@hub_cli.command("settings")
def settings_command() -> None:
    """Print a file of all settings with their descriptions and defaults, to begin with."""
    typer.echo(example(HubSettings), nl=False)


@hub_cli.command("migrate")
def migrate_command(
    *,
    although_hubs_stop: Annotated[
        bool,
        typer.Option("--although-hubs-stop", help="even if hubs that are connected cannot go on beside this version"),
    ] = False,
    patience: Annotated[
        float, typer.Option(help="seconds to try for, where others hold what is to be changed")
    ] = 300.0,
) -> None:
    """Bring the hosted tables to this version, as their owner. Hubs of the version before go on where that says so."""
    with _told():
        settings = hub_settings()
        migrate(_owner(settings), settings.hub_role, although_hubs_stop=although_hubs_stop, patience=patience)


@hub_cli.command("new-epoch")
def new_epoch_command() -> None:
    """After a restore of the database: have every laptop load again and offer what it had settled."""
    with _told():
        typer.echo(new_epoch(_owner(hub_settings())))


@hub_cli.command("verify-audit")
def verify_audit_command(
    noted: Annotated[
        str, typer.Option(help="the last seal, as an earlier run told it: what came before it must still be there")
    ] = "",
) -> None:
    """Check that no event of the audit log was changed, taken out or put in since it was sealed."""
    with _told():
        database = Database(hub_settings().database_url, pool_size=1)
        try:
            audited = verify(database, Seal.parse(noted) if noted else None)
        finally:
            database.close()
    if audited.faults:
        typer.echo("The audit log was tampered with:", err=True)
        for fault in audited.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(1)
    typer.echo(f"{audited.events:,} events are as they were sealed; {audited.unsealed:,} wait for their seal.")
    typer.echo(f"The last seal, to be noted somewhere else: {audited.last}")


@hub_cli.command("follow-members")
def follow_members_command(
    *,
    although_many: Annotated[
        bool, typer.Option("--although-many", help="even if it keeps out more than half of the staff")
    ] = False,
) -> None:
    """Let memberships follow Clerk's list now, as a running hub does every minute."""
    with _told():
        settings = hub_settings()
        clerk = memberships_at_clerk(settings)
        if clerk is None:
            raise BadSettings("The hub knows no secret key of Clerk.", do="Set FLEETDESK_CLERK_SECRET_KEY.")
        database = Database(settings.database_url, pool_size=1)
        try:
            clerk.demand_usable()
            platform, clock = fleet_platform(), SystemClock()
            mirror = MemberMirror(database, platform, clerk, clock, interval=settings.clerk_interval)
            trouble = mirror.follow(although_many=although_many)
        finally:
            database.close()
            clerk.close()
    for sentence in trouble:
        typer.echo(sentence, err=True)
    if trouble:
        raise typer.Exit(1)
    typer.echo("The memberships are as Clerk has them.")


@_member_cli.command("add")
def add_member_command(
    email: Annotated[str, typer.Argument(help="their email address")],
    role: Annotated[str, typer.Option(help="sales, support, finance, “product manager” or “super admin”")],
    subject: Annotated[str, typer.Option(help="their id at the identity provider, if they are not known here")] = "",
    first_name: Annotated[str, typer.Option(help="for somebody who is not known here")] = "",
    last_name: Annotated[str, typer.Option(help="for somebody who is not known here")] = "",
) -> None:
    """Put somebody on the staff, as the tables' owner; another role is given in FleetDesk."""
    with _told():
        settings = hub_settings()
        if settings.clerk_secret_key:
            raise Refused("clerk", "Clerk says who is on the staff.", do="Add them to the organisation there.")
        given = role_named(role)
        add_member(_owner(settings), Candidate(email, subject, first_name, last_name), given, now=SystemClock().now())
    typer.echo(f"{email} is on the staff now, as {role_name(given)}.")


@_admin_cli.command("add")
def add_admin_command(
    email: Annotated[str, typer.Argument(help="their email address")],
    subject: Annotated[str, typer.Option(help="their id at the identity provider, if they are not known here")] = "",
    first_name: Annotated[str, typer.Option(help="for somebody who is not known here")] = "",
    last_name: Annotated[str, typer.Option(help="for somebody who is not known here")] = "",
    *,
    another: Annotated[bool, typer.Option("--another", help="although there is a super admin already")] = False,
) -> None:
    """Make the first super admin, as the tables' owner; the others are made in FleetDesk."""
    with _told():
        candidate = Candidate(email, subject, first_name, last_name)
        added = add_admin(_owner(hub_settings()), candidate, another=another, now=SystemClock().now())
    typer.echo(f"{email} is a super admin now." if added else f"{email} is a super admin already.")


def _owner(settings: HubSettings) -> str:
    if not settings.owner_database_url:
        raise BadSettings("This is done as the tables' owner.", do="Set FLEETDESK_OWNER_DATABASE_URL.")
    _demand_address(settings.owner_database_url, "FLEETDESK_OWNER_DATABASE_URL")
    return settings.owner_database_url


def _demand_address(url: str, variable: str) -> None:
    """Raise BadSettings for what is no address of a database; it may hold a password, and is not repeated."""
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise BadSettings(
            f"{variable} is no address of a PostgreSQL database.", do="Set it to postgresql://user:…@host/database."
        ) from None


@contextmanager
def _told() -> Iterator[None]:
    """An error that was foreseen as its sentences on standard error, and exit status 1."""
    try:
        yield
    except FleetDeskError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
