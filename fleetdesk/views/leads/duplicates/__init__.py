"""Leads that are the same prospect: found, compared, merged into one, and separated again."""
