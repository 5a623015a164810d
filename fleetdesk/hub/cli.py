"""`fleetdesk hub …`: serve, migrate, new-epoch. Settings come from the environment, secrets only from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import BadSettings, FleetDeskError
from fleetdesk.hub.epoch import new_epoch
from fleetdesk.hub.migrate import migrate
from fleetdesk.hub.serve import serve
from fleetdesk.settings import HubSettings, describe, hub_settings

__all__ = ["hub_cli"]

_VARIABLES = "\n\n".join(f"{variable}: {about}" for variable, about in describe(HubSettings))

hub_cli = typer.Typer(name="hub", help="The hosted half.", epilog=f"Settings:\n\n{_VARIABLES}", no_args_is_help=True)


@hub_cli.command("serve")
def serve_command() -> None:
    """Serve laptops until asked to stop."""
    with _told():
        serve(hub_settings(), fleet_platform())


@hub_cli.command("migrate")
def migrate_command() -> None:
    """Bring the hosted tables to this version, as their owner."""
    with _told():
        settings = hub_settings()
        migrate(_owner(settings), settings.hub_role)


@hub_cli.command("new-epoch")
def new_epoch_command() -> None:
    """After a restore of the database: have every laptop load again and offer what it had settled."""
    with _told():
        typer.echo(new_epoch(_owner(hub_settings())))


def _owner(settings: HubSettings) -> str:
    if not settings.owner_database_url:
        raise BadSettings("This is done as the tables' owner.", do="Set FLEETDESK_OWNER_DATABASE_URL.")
    return settings.owner_database_url


@contextmanager
def _told() -> Iterator[None]:
    """An error that was foreseen as its sentences on standard error, and exit status 1."""
    try:
        yield
    except FleetDeskError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
