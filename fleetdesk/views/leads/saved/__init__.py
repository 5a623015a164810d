"""Saved views: kept, opened, changed, shared."""
