"""FleetDesk: the back office of a fleet-management platform, working offline first."""
