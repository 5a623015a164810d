"""The command line: `fleetdesk connect`, `connections`, `demo`, `sign-out`, `take-in`, `open`, `leads`, `doctor`.

Each command imports what it needs when it runs: a laptop has no hub installed, and a hub no window.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from fleetdesk.errors import FleetDeskError
from fleetdesk.process.collecting import collect_rarely
from fleetdesk.process.core_dumps import forbid_core_dumps

__all__ = ["main"]

app = typer.Typer(name="fleetdesk", add_completion=False, pretty_exceptions_enable=False)
leads = typer.Typer(name="leads", help="Leads from the command line, offline too.", no_args_is_help=True)
app.add_typer(leads)
connections = typer.Typer(name="connections", help="The connections of this laptop.")
app.add_typer(connections)

_Person = Annotated[
    str, typer.Option("--person", help="Whose laptop: an email of the demo (default: the first in sales).")
]


@app.command()
def demo(
    tour: Annotated[
        Path | None, typer.Option("--tour", help="Do the main job alone; pictures go to this folder.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--import", help="The file that the tour imports.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Delete the demo's data and begin anew.")] = False,
) -> None:
    """FleetDesk with a hosted side of its own and 5,000 leads. Without a display the tour runs instead."""
    from fleetdesk.demo.cli import run

    raise typer.Exit(run(tour=tour, file=file, reset=reset))


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """The back office. Without a command it opens your connection, or lets you choose one."""
    if context.invoked_subcommand is not None:
        return
    from fleetdesk.terminal import has_display

    if not has_display():
        typer.echo(context.get_help())
        raise typer.Exit
    connect()


@app.command()
def connect(
    name: Annotated[str, typer.Argument(help="The connection (default: the only one there is, or you choose).")] = "",
    *,
    hub: Annotated[str, typer.Option(help="The address of a team's hub.")] = "",
    direct: Annotated[
        bool, typer.Option("--direct", help="No hub: for a super admin alone. Asks for the database's address.")
    ] = False,
    issuer: Annotated[str, typer.Option(help="The sign-in service's address, as it calls itself.")] = "",
    client: Annotated[str, typer.Option(help="FleetDesk's client id there.")] = "",
    organisation: Annotated[str, typer.Option(help="The staff organisation's id there, for --direct.")] = "",
    ca_file: Annotated[Path | None, typer.Option(help="Certificates of your own authority, as PEM.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Keep it although it cannot be reached now.")] = False,
    choose: Annotated[bool, typer.Option("--choose", help="Show the list of connections.")] = False,
) -> None:
    """Open the window, signing in in the browser. With addresses, the connection is tried and kept first."""
    from fleetdesk.team.connecting import Given
    from fleetdesk.team.connecting import connect as run

    given = Given(hub, direct, issuer, client, organisation, ca_file)
    raise typer.Exit(run(name, given, anyway=anyway, choose=choose, open_demo=_open_demo))


@connections.callback(invoke_without_command=True)
def list_connections(context: typer.Context) -> None:
    """List the connections."""
    if context.invoked_subcommand is None:
        from fleetdesk.team.connecting import list_connections as run

        raise typer.Exit(run())


@connections.command("remove")
def remove_connection(
    name: Annotated[str, typer.Argument(help="The connection.")],
    *,
    with_unsent: Annotated[bool, typer.Option("--with-unsent", help="Delete what was never sent, too.")] = False,
) -> None:
    """Sign out of a connection, and take it off this laptop. Says first what waits there."""
    from fleetdesk.team.connecting import remove_connection as run

    raise typer.Exit(run(name, with_unsent=with_unsent))


@connections.command("secret")
def connection_secret(
    name: Annotated[str, typer.Argument(help="A direct connection.")],
    entry: Annotated[str, typer.Argument(help="Which: database or clerk (default: say which are kept).")] = "",
    *,
    forget: Annotated[bool, typer.Option("--forget", help="Delete it.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Keep it although the database cannot be reached.")] = False,
) -> None:
    """Replace a secret of a direct connection: typed unseen, or from the environment or standard input."""
    from fleetdesk.team.connecting import connection_secret as run

    raise typer.Exit(run(name, entry, forget=forget, anyway=anyway))


def _open_demo() -> int:
    from fleetdesk.demo.cli import run

    return run(tour=None, file=None, reset=False)


@app.command("sign-out")
def sign_out(
    name: Annotated[str, typer.Argument(help="The connection (default: the only one there is).")] = "",
    *,
    export: Annotated[Path | None, typer.Option(help="Take what waits along in this file, under a passphrase.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Though changes wait: they stay here, encrypted.")] = False,
) -> None:
    """End the session, here and at the sign-in service. Warns while changes wait to be sent."""
    from fleetdesk.team.cli import sign_out as run

    raise typer.Exit(run(name, export=export, anyway=anyway))


@app.command("take-in")
def take_in(
    file: Annotated[Path, typer.Argument(help="What `sign-out --export` wrote.")],
    name: Annotated[str, typer.Argument(help="The connection (default: the only one there is).")] = "",
) -> None:
    """Have the changes of such a file wait here; those that are here, or were done, are left out."""
    from fleetdesk.team.cli import take_in as run

    raise typer.Exit(run(file, name))


@app.command("open")
def open_link(
    link: Annotated[str, typer.Argument(help="A link such as fleetdesk://leads?q=status:new.")] = "",
    *,
    handler: Annotated[
        bool, typer.Option("--handler", help="Let other programs hand such links to this FleetDesk (Linux).")
    ] = False,
) -> None:
    """Follow a link in the FleetDesk that runs, or start it for that; without a link, bring it forward."""
    from fleetdesk.demo.cli import follow, take_links

    raise typer.Exit(take_links() if handler else follow(link))


@leads.command("import")
def leads_import(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen, row by row.")] = False,
    failures: Annotated[Path | None, typer.Option(help="Write the rows that failed here, with the reason.")] = None,
    encoding: Annotated[str, typer.Option(help="Such as utf-8 or cp1252 (default: found).")] = "",
    delimiter: Annotated[str, typer.Option(help="comma, semicolon, tab, bar or a sign (default: found).")] = "",
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook (default: the first).")] = "",
    header_row: Annotated[int | None, typer.Option(help="The row with the titles; 0: none (default: found).")] = None,
    column: Annotated[list[str] | None, typer.Option(help="What a column becomes: TITLE=TARGET, repeatable.")] = None,
    on_existing: Annotated[str, typer.Option(help="Leads there already: leave, fill, overwrite or create.")] = "leave",
    overwrite: Annotated[list[str] | None, typer.Option(help="A field to be overwritten, repeatable.")] = None,
    owner: Annotated[str, typer.Option(help="Whose new leads are if no column says it: me or nobody.")] = "me",
    person: _Person = "",
) -> None:
    """Import leads into the local copy; they are sent with the next contact."""
    from fleetdesk.demo.cli import import_leads
    from fleetdesk.reports.import_options import ImportOptions

    options = ImportOptions(encoding, delimiter, sheet, header_row, column or (), on_existing, overwrite or (), owner)
    raise typer.Exit(import_leads(file, person=person, dry_run=dry_run, failures=failures, options=options))


@leads.command("export")
def leads_export(
    file: Annotated[Path, typer.Argument(help="The file to write, ending in .csv or .xlsx.")],
    query: Annotated[
        str, typer.Option("--query", help="Which leads, as in the search field: status:open fleet>20.")
    ] = "",
    person: _Person = "",
) -> None:
    """Write leads of the local copy to a file that spreadsheet programs open rightly."""
    from fleetdesk.demo.cli import export_to

    raise typer.Exit(export_to(file, person=person, query=query))


@app.command()
def doctor(
    person: _Person = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Versions, clock, cursor, every table compared with the hub's. Exit 0: all well; 1: not; 2: not all seen."""
    from fleetdesk.demo.cli import diagnose_laptop

    raise typer.Exit(diagnose_laptop(person=person, as_json=as_json))


@app.command(
    "hub",
    help="The hosted half: serve it, migrate its database, put people on the staff, verify the audit log.",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def hub(context: typer.Context) -> None:
    from fleetdesk.hub.cli import hub_cli

    hub_cli(context.args, prog_name="fleetdesk hub")


def main() -> None:
    """Run the command line; an error that was foreseen is its sentences, and exit status 1."""
    forbid_core_dumps()
    collect_rarely()
    try:
        app()
    except FleetDeskError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
