"""What a passphrase must be to be chosen, for a local copy as for a file that is carried elsewhere."""

from __future__ import annotations

from fleetdesk.errors import Invalid

__all__ = ["SHORTEST", "demand_long"]

SHORTEST = 12
"""Characters that it needs at least."""


def demand_long(passphrase: str) -> None:
    """Raise Invalid for a passphrase that is too short to be chosen."""
    if len(passphrase) < SHORTEST:
        raise Invalid("passphrase", f"A passphrase needs at least {SHORTEST} characters.")
