"""What a file of waiting changes is called in a dialog that asks for one."""

from __future__ import annotations

__all__ = ["CARRIED", "PURPOSE", "SUFFIX"]

SUFFIX = "fleetdesk"
CARRIED = f"Changes of FleetDesk (*.{SUFFIX})"
PURPOSE = "carried"
