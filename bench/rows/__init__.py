"""The rows of the table, in the order in which they are measured: each a function from the stage to its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.figures import Result
from bench.rows.commands import commands
from bench.rows.crowd import crowd
from bench.rows.first_load import first_load, memory
from bench.rows.home import home
from bench.rows.importing import importing
from bench.rows.lists import lists
from bench.rows.live import live, open_transaction
from bench.rows.many import many
from bench.rows.offline import offline
from bench.rows.pull import pull
from bench.rows.role import role
from bench.rows.sign_in import sign_in
from bench.rows.window import held, palette, search, start, table
from bench.stage import Stage

__all__ = ["ROWS"]

ROWS: Mapping[str, Callable[[Stage], Result]] = {
    "pull": pull,
    "load": first_load,
    "memory": memory,
    "live": live,
    "open-transaction": open_transaction,
    "role": role,
    "sign-in": sign_in,
    "crowd": crowd,
    "commands": commands,
    "offline": offline,
    "lists": lists,
    "home": home,
    "table": table,
    "search": search,
    "palette": palette,
    "start": start,
    "held": held,
    "import": importing,
    "many": many,
}
"""By the names that `--only` takes."""
