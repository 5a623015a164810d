"""The two encrypted files of a laptop, replica and outbox: their keys, tables, search, and the folder they lie in."""
