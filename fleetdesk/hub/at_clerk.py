"""The memberships at Clerk that the settings name, if they name any."""

from __future__ import annotations

from fleetdesk.errors import BadSettings
from fleetdesk.models.access import ORGANISATION
from fleetdesk.providers.clerk import Clerk
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from fleetdesk.settings import HubSettings

__all__ = ["memberships_at_clerk"]

_DAY_SECONDS = 86_400


def memberships_at_clerk(settings: HubSettings) -> ClerkMemberships | None:
    """None without a secret key. Raises BadSettings for a key, an address or an interval that can be none."""
    key = settings.clerk_secret_key.strip()
    if not key:
        return None
    if not 1 <= settings.clerk_interval <= _DAY_SECONDS:
        raise BadSettings(
            "Clerk's list of members is read once a second at most, and once a day at least.",
            do=f"Set FLEETDESK_CLERK_INTERVAL to a number of seconds from 1 to {_DAY_SECONDS}.",
        )
    organisation = settings.organisation_id or ORGANISATION
    return ClerkMemberships(Clerk(key, organisation, address=settings.clerk_address))
