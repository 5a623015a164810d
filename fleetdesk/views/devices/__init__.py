"""The laptops of the staff, and what was on those that were revoked, for super admins."""
