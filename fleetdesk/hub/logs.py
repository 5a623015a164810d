"""The hub's log: one JSON object a line on standard error, made for machines, without personal data."""

from __future__ import annotations

import logging

from fleetdesk.process import standard_error

__all__ = ["log_to_standard_error"]


def log_to_standard_error() -> None:
    """Send everything from INFO upwards there, and nothing anywhere else."""
    standard_error.log_to_standard_error(logging.INFO)
    # The migrations' and the server's own chatter adds nothing to our line a request, refused ones included.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
