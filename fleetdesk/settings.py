"""Every setting, declared once: its type, its default, what it is for. `FLEETDESK_<NAME>` in the environment sets it.

Secrets are never given on a command line. Each of them (those that `repr` leaves out) may lie in a file that
`FLEETDESK_<NAME>_FILE` names instead: a container's secret, or a credential of systemd.
"""

from __future__ import annotations

import os
import stat
import textwrap
import types
import typing
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path

import platformdirs

from fleetdesk.errors import BadSettings

__all__ = [
    "LONGEST_LEASE",
    "HubSettings",
    "LaptopSettings",
    "describe",
    "example",
    "exposed_secrets",
    "hub_settings",
    "laptop_settings",
    "secrets",
]
LONGEST_LEASE = 100_000
"""Hours of a lease, at most: eleven years."""
_PREFIX = "FLEETDESK_"


def _about(description: str) -> dict[str, str]:
    return {"about": description}


@dataclass(frozen=True, kw_only=True)
class LaptopSettings:
    """What the desktop and its command line read."""

    data_dir: Path = field(
        default_factory=lambda: Path(platformdirs.user_data_dir("FleetDesk", appauthor=False)),
        metadata=_about("where replicas, outboxes and the window's state live"),
    )
    pull_interval: float = field(default=1.0, metadata=_about("least seconds between two pulls"))
    poll_interval: float = field(default=30.0, metadata=_about("seconds between two pulls while no event comes"))
    request_timeout: float = field(default=30.0, metadata=_about("seconds without a byte before a request is given up"))
    second_thoughts: float = field(
        default=10.0,
        metadata=_about("seconds that what nothing takes back stays here unsent, so that it can be undone"),
    )
    lease_hours: float = field(
        default=72.0,
        metadata=_about(
            "hours without the hub after which the local copy locks until it is reached again; nothing is deleted"
        ),
    )


@dataclass(frozen=True, kw_only=True)
class HubSettings:
    """What the hub reads."""

    # What holds a secret, or a password, stands in no log, also not in that of somebody who logs all settings.
    database_url: str = field(
        default="",
        repr=False,
        metadata=_about(
            "the hosted database, as the hub's own role (owns nothing); a pooler in transaction mode may stand between,"
            " since the hub prepares no statement and leaves nothing to a session"
        ),
    )
    owner_database_url: str = field(
        default="",
        repr=False,
        metadata=_about("the same database as the owner of the tables; only `migrate` and `new-epoch`"),
    )
    hub_role: str = field(default="fleetdesk_hub", metadata=_about("the database role that the hub connects as"))
    issuer: str = field(default="", metadata=_about("the `iss` of the tokens that are accepted"))
    issuer_keys: str = field(
        default="", metadata=_about("the issuer's public keys, as a JWKS: a file, a `file://` or an `https://` address")
    )
    issuer_clients: str = field(
        default="",
        metadata=_about(
            "the clients whose tokens are accepted (`azp`, `client_id`, and `aud` of the ID tokens by which laptops"
            " register), with commas between"
        ),
    )
    issuer_audience: str = field(
        default="",
        metadata=_about("the audience (`aud`) that access tokens must be for; any if empty, as Clerk's name none"),
    )
    issuer_ca_file: str = field(
        default="",
        metadata=_about("certificates of authorities (PEM) that are believed besides the known ones, by the issuer"),
    )
    organisation_id: str = field(
        default="",
        metadata=_about("the issuer's id of the staff organisation, for tokens that name it so (Clerk's `org_id`)"),
    )
    clerk_secret_key: str = field(
        default="",
        repr=False,
        metadata=_about(
            "Clerk's secret key (`sk_…`): roles and suspensions have their source at Clerk then; without it, in the"
            " hub's own table"
        ),
    )
    clerk_webhook_secret: str = field(
        default="",
        repr=False,
        metadata=_about(
            "the signing secret (`whsec_…`) of Clerk's webhooks to `/v1/hooks/clerk`: then changes there are followed"
            " within seconds"
        ),
    )
    clerk_address: str = field(
        default="https://api.clerk.com/v1",
        metadata=_about("where Clerk's Backend API is; plain http is for loopback only"),
    )
    clerk_interval: float = field(
        default=60.0, metadata=_about("seconds between two readings of Clerk's list of members, by whichever hub")
    )
    host: str = field(default="127.0.0.1", metadata=_about("address to listen on"))
    port: int = field(default=8080, metadata=_about("port to listen on; 0 takes a free one"))
    metrics_host: str = field(
        default="127.0.0.1",
        metadata=_about("address at which the figures of this process can be read, never the public one"),
    )
    metrics_port: int | None = field(
        default=None,
        metadata=_about(
            "port for `/metrics`, in Prometheus' format, one for each hub process; 0 takes a free one; nothing listens"
            " without"
        ),
    )
    drain_seconds: float = field(
        default=0.0,
        metadata=_about(
            "seconds that a hub which is asked to stop still takes requests, while `/readyz` says that it is stopping,"
            " so that a balancer leaves it first"
        ),
    )
    grace_seconds: float = field(
        default=8.0, metadata=_about("seconds after that in which what runs is finished; what is cut is taken up again")
    )
    trusted_proxies: str = field(
        default="",
        metadata=_about(
            "addresses or networks, with commas between, of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto`"
            " are believed; none if empty: then everybody behind a proxy has the proxy's address"
        ),
    )
    openapi: str = field(
        default="staff", metadata=_about("who may read `/openapi.json`: `staff`, `open` (everybody) or `off` (nobody)")
    )
    requests_per_address: int = field(
        default=30_000,
        metadata=_about(
            "requests a minute from one address, which may be a whole office's; each hub process counts by itself, in"
            " memory, and 0 lets as many in as come, as with the three that follow"
        ),
    )
    strangers_per_address: int = field(
        default=120,
        metadata=_about(
            "of these, requests a minute that prove no session, without a token or with a bad one, or no laptop,"
            " without the signature of one of the person's"
        ),
    )
    requests_each: int = field(default=1_800, metadata=_about("requests a minute of one person"))
    requests_per_device: int = field(default=900, metadata=_about("requests a minute of one registered device"))
    hold_back_seconds: float = field(
        default=1.0,
        metadata=_about("seconds for which who asks too often waits for the answer that says so; 0 answers at once"),
    )
    streams_each: int = field(
        default=20, metadata=_about("event streams of one person at one hub process; one more ends the oldest")
    )
    connections: int = field(
        default=2_000,
        metadata=_about("connections of one hub process; one more ends the one that has asked nothing for longest"),
    )
    connections_per_address: int = field(
        default=1_000, metadata=_about("connections from one address that is no trusted proxy's, at one hub process")
    )
    head_seconds: float = field(default=10.0, metadata=_about("seconds that a request's head may take to arrive"))
    body_seconds: float = field(
        default=30.0, metadata=_about("seconds that a request's body may take, and one more for each 4 KB that came")
    )
    answer_seconds: float = field(
        default=30.0, metadata=_about("seconds in which an answer is read, or at least 4 KB of it for each of them")
    )
    run_secret: str = field(
        default="",
        repr=False,
        metadata=_about(
            "makes it the hub of one super admin's own FleetDesk: whoever does not show this secret is refused, and so"
            " is everybody but super admins; for loopback only"
        ),
    )
    watch_interval: float = field(default=0.04, metadata=_about("seconds between two looks for changes"))
    wakes_a_second: float = field(
        default=50.0,
        metadata=_about(
            "laptops that one hub process wakes a second, at most, to pull what changed; the more listen, the longer"
            " what is told to each is gathered; 0 wakes as many as there are"
        ),
    )
    pool_size: int = field(
        default=8,
        metadata=_about("database connections of one hub process, besides its watcher's; loads take half at most"),
    )
    removal_days: int = field(default=90, metadata=_about("days that removals are remembered"))
    quarantine_days: int = field(
        default=365, metadata=_about("days that what a revoked laptop handed in is kept for super admins")
    )


_Settings = typing.TypeVar("_Settings", LaptopSettings, HubSettings)


def laptop_settings(environment: Mapping[str, str] = os.environ) -> LaptopSettings:
    """The laptop's settings. Raises BadSettings, naming the variable, for a value of the wrong form."""
    settings = _read(LaptopSettings, environment)
    if not 0 < settings.lease_hours <= LONGEST_LEASE:
        raise BadSettings(
            f"FLEETDESK_LEASE_HOURS is {settings.lease_hours:g}, and no lease lasts so long.",
            do=f"Give more than 0, and at most {LONGEST_LEASE:,}.",
        )
    return settings


def hub_settings(environment: Mapping[str, str] = os.environ) -> HubSettings:
    """The hub's settings. Raises BadSettings, naming the variable, for a value of the wrong form."""
    return _read(HubSettings, environment)


def describe(settings: type[LaptopSettings | HubSettings]) -> list[tuple[str, str]]:
    """Each variable with its description, for the help text."""
    return [(_variable(item), str(item.metadata["about"])) for item in fields(settings)]


def example(settings: type[LaptopSettings | HubSettings]) -> str:
    """A file of settings with each variable, commented out, under its description; its value is the default.

    It is read alike by systemd (`EnvironmentFile=`), by containers (`--env-file`) and by a shell.
    """
    secret = set(secrets(settings))
    parts = [_HEAD]
    for item, (variable, about) in zip(fields(settings), describe(settings), strict=True):
        lines = textwrap.wrap(about[:1].upper() + about[1:] + ".", 100)
        if variable in secret:
            lines.append("A secret: better in a file.")
        parts.append("".join(f"# {line}\n" for line in lines) + _example_of(item, variable, secret=variable in secret))
    return "\n".join(parts)


def _example_of(item: Field[object], variable: str, *, secret: bool) -> str:
    if secret:
        return f"#{variable}_FILE=\n"
    default = item.default if isinstance(item.default, (str, int, float)) else ""
    return f"#{variable}={default}\n"


_HEAD = """\
# Every setting, commented out, with its default. Take off the # before what you change.
"""


def secrets(settings: type[LaptopSettings | HubSettings]) -> list[str]:
    """The variables that hold a secret: each has one with `_FILE` beside it."""
    return [_variable(item) for item in fields(settings) if not item.repr]


def exposed_secrets(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The variables that name a file with a secret of the hub's which everybody on the machine may read."""
    named = {f"{variable}_FILE" for variable in secrets(HubSettings)} & environment.keys()
    return sorted(variable for variable in named if Path(environment[variable]).stat().st_mode & stat.S_IROTH)


def _read(kind: type[_Settings], environment: Mapping[str, str]) -> _Settings:
    hints = typing.get_type_hints(kind)
    texts = {item.name: _text(item, environment) for item in fields(kind)}
    variables = {item.name: _variable(item) for item in fields(kind)}
    return kind(
        **{name: _convert(variables[name], hints[name], text) for name, text in texts.items() if text is not None}
    )


def _variable(item: Field[object]) -> str:
    return _PREFIX + item.name.upper()


def _text(item: Field[object], environment: Mapping[str, str]) -> str | None:
    """What a setting is given as, by the environment or by a file; None if it is not."""
    variable = _variable(item)
    file = environment.get(f"{variable}_FILE") if not item.repr else None
    if file is None:
        return environment.get(variable)
    if variable in environment:
        raise BadSettings(
            f"Both {variable} and {variable}_FILE are set, and only one can count.", do="Leave out one of them."
        )
    return _secret_in(Path(file), f"{variable}_FILE")


def _secret_in(path: Path, variable: str) -> str:
    """The text of a file without the line's end that editors add."""
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise BadSettings(
            f"The file that {variable} names cannot be read: {reason}.", do="Check the path, and who may read it."
        ) from error


def _convert(variable: str, hint: object, text: str) -> typing.Any:  # noqa: ANN401 - the hint says which
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if not callable(hint):
        raise BadSettings(f"{variable} has a type that no environment variable can give.")
    try:
        return hint(text)
    except ValueError as error:
        raise BadSettings(
            f"{variable} is “{text}”, which is not the value it needs.", do=f"Set {variable} right, or leave it out."
        ) from error
