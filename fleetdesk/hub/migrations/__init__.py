"""The hosted schema, step by step: Alembic runs `env.py`, which `fleetdesk.hub.migrate` gives its connection."""
