"""Every setting, declared once: its type, its default, what it is for. `FLEETDESK_<NAME>` in the environment sets it.

Secrets are never given on a command line; those here are read from the environment or from a file that it names.
"""

from __future__ import annotations

import os
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import platformdirs

from fleetdesk.errors import BadSettings

__all__ = ["HubSettings", "LaptopSettings", "describe", "hub_settings", "laptop_settings"]

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
            "the clients whose tokens are accepted (`azp`, `client_id`), with commas between; may be empty only where"
            " `issuer_audience` is set"
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
    run_secret: str = field(
        default="",
        repr=False,
        metadata=_about(
            "makes it the hub of one super admin's own FleetDesk: whoever does not show this secret is refused, and so"
            " is everybody but super admins; for loopback only"
        ),
    )
    watch_interval: float = field(default=0.04, metadata=_about("seconds between two looks for changes"))
    pool_size: int = field(
        default=8,
        metadata=_about("database connections of one hub process, besides its watcher's; loads take half at most"),
    )
    removal_days: int = field(default=90, metadata=_about("days that removals are remembered"))


_Settings = typing.TypeVar("_Settings", LaptopSettings, HubSettings)


def laptop_settings(environment: Mapping[str, str] = os.environ) -> LaptopSettings:
    """The laptop's settings. Raises BadSettings, naming the variable, for a value of the wrong form."""
    return _read(LaptopSettings, environment)


def hub_settings(environment: Mapping[str, str] = os.environ) -> HubSettings:
    """The hub's settings. Raises BadSettings, naming the variable, for a value of the wrong form."""
    return _read(HubSettings, environment)


def describe(settings: type[LaptopSettings | HubSettings]) -> list[tuple[str, str]]:
    """Each variable with its description, for the help text."""
    return [(_PREFIX + item.name.upper(), str(item.metadata["about"])) for item in fields(settings)]


def _read(kind: type[_Settings], environment: Mapping[str, str]) -> _Settings:
    hints = typing.get_type_hints(kind)
    given = {
        item.name: _convert(_PREFIX + item.name.upper(), hints[item.name], environment[_PREFIX + item.name.upper()])
        for item in fields(kind)
        if _PREFIX + item.name.upper() in environment
    }
    return kind(**given)


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
