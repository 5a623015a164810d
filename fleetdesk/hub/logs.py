"""The hub's log: one JSON object a line on standard error, made for machines, without personal data."""

from __future__ import annotations

import logging
import sys

from fleetdesk.log_lines import JsonLines

__all__ = ["log_to_standard_error"]


def log_to_standard_error() -> None:
    """Send everything from INFO upwards there, and nothing anywhere else."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # The migrations' and the server's own chatter adds nothing to our line a request.
    for name in ("uvicorn.error", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
