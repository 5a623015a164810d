"""The memberships at Clerk that the settings name, if they name any."""

from __future__ import annotations

from fleetdesk.errors import BadSettings
from fleetdesk.models.access import ORGANISATION
from fleetdesk.providers.clerk import Clerk
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from fleetdesk.settings import HubSettings

__all__ = ["memberships_at_clerk"]


def memberships_at_clerk(settings: HubSettings) -> ClerkMemberships | None:
    """None without a secret key. Raises BadSettings for a key, an address or an interval that can be none."""
    key = settings.clerk_secret_key.strip()
    if not key:
        return None
    if not settings.clerk_interval >= 1:
        raise BadSettings(
            "Clerk's list of members cannot be read that often.",
            do="Set FLEETDESK_CLERK_INTERVAL to 1 or more seconds.",
        )
    organisation = settings.organisation_id or ORGANISATION
    return ClerkMemberships(Clerk(key, organisation, address=settings.clerk_address))
