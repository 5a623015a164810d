"""The first word: who the hub takes a laptop's person for, and what it serves."""

from __future__ import annotations

from importlib.metadata import version

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import UpgradeNeeded
from fleetdesk.hub.claims import set_claims
from fleetdesk.hub.cursor import position_of
from fleetdesk.hub.database import Database
from fleetdesk.hub.feed import demand_schema, served_versions
from fleetdesk.hub.laptops import last_sequence
from fleetdesk.hub.people import claims_of, recognise
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import PROTOCOL_VERSION, Hello, Welcome

__all__ = ["Greeter"]


class Greeter:
    """Answers Hello."""

    def __init__(self, database: Database, platform: Platform, clock: Clock) -> None:
        self._database = database
        self._platform = platform
        self._clock = clock

    def greet(self, hello: Hello, identity: Identity) -> Welcome:
        """Raises UpgradeNeeded, NotStaff, Unavailable."""
        if hello.protocol != PROTOCOL_VERSION:
            raise UpgradeNeeded(
                f"The hub speaks version {PROTOCOL_VERSION} of the protocol, not {hello.protocol}.",
                do="Update FleetDesk." if hello.protocol < PROTOCOL_VERSION else "Ask for the hub to be updated.",
            )
        demand_schema(self._platform.schema, hello.schema_version)
        with self._database.reading() as connection:
            person = recognise(connection, identity, self._platform.access)
            set_claims(connection, claims_of(person, hello.laptop_id))
            return Welcome(
                hub_version=version("fleetdesk"),
                protocol=PROTOCOL_VERSION,
                schema_versions=served_versions(self._platform.schema),
                epoch=position_of(connection).epoch,
                person=person,
                server_time=self._clock.now(),
                next_sequence=last_sequence(connection, hello.laptop_id) + 1,
            )
