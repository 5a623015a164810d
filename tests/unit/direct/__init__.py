"""The direct connection, without a hub."""
