"""A direct connection: one super admin alone, whose FleetDesk runs a hub of its own on this machine."""
