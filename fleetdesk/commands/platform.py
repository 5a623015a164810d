"""What laptop and hub must agree on, handed to both as one object: the schema, the commands and the role table."""

from __future__ import annotations

from dataclasses import dataclass

from fleetdesk.commands.core import Commands, platform_commands
from fleetdesk.models.access import ACCESS, Access
from fleetdesk.models.schema import Schema, platform_schema

__all__ = ["Platform", "fleet_platform"]


@dataclass(frozen=True)
class Platform:
    """The records, the verbs, and who may do what. A test's toy record comes in by a Platform of its own."""

    schema: Schema
    commands: Commands
    access: Access


def fleet_platform() -> Platform:
    """FleetDesk's own: everything under `fleetdesk.models` and `fleetdesk.commands`."""
    return Platform(platform_schema(), platform_commands(), ACCESS)
