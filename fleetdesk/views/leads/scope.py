"""Where the actions of the screen of leads belong: they are there while it is in sight."""

from __future__ import annotations

__all__ = ["SCOPE"]

SCOPE = "leads"
