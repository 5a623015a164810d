"""The command line: `fleetdesk`, the desktop; `fleetdesk demo`, `leads`, `doctor`, `hub`.

Each command imports what it needs when it runs: a laptop has no hub installed, and a hub no window.
"""

from __future__ import annotations

import sys

import typer

from fleetdesk.errors import FleetDeskError

__all__ = ["main"]

app = typer.Typer(name="fleetdesk", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
leads = typer.Typer(name="leads", help="Leads from the command line, offline too.", no_args_is_help=True)
app.add_typer(leads)


@app.command(
    "hub",
    help="The hosted half: serve, migrate, new-epoch.",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def hub(context: typer.Context) -> None:
    from fleetdesk.hub.cli import hub_cli

    hub_cli(context.args, prog_name="fleetdesk hub")


def main() -> None:
    """Run the command line; an error that was foreseen is its sentences, and exit status 1."""
    try:
        app()
    except FleetDeskError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
