"""The vault of a connection's folder, before anybody typed what opens it."""

from __future__ import annotations

import keyring

from fleetdesk.direct.keys import names_of_entries
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import LockedVault, OldEntries, names_of_keys
from fleetdesk.sync.signin.connections import Connection
from fleetdesk.sync.signin.tokens import names_of_session
from fleetdesk.team.laptop import connection_folder, places_in, session_name

__all__ = ["vault_of"]


def vault_of(settings: LaptopSettings, connection: Connection) -> LockedVault:
    """The vault, which knows what may be in the keyring from the first versions. Raises what `LockedVault` raises."""
    folder, session = connection_folder(settings, connection), session_name(connection)
    old = OldEntries(
        keys=tuple(name for place in places_in(folder) for name in names_of_keys(f"{session}.{place}")),
        secrets=(*names_of_session(session), *names_of_entries(connection.name)),
    )
    return LockedVault(folder, backend=keyring.get_keyring(), old=old)
