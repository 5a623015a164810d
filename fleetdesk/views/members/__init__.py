"""The staff and their roles, for super admins."""
