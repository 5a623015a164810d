"""What a hub process tells whoever started it, where that is systemd (`Type=notify`) or something that speaks alike."""

from __future__ import annotations

import logging
import os
import socket

__all__ = ["tell_supervisor"]

_log = logging.getLogger(__name__)


def tell_supervisor(state: str) -> None:
    """Send a state of sd_notify(3), “READY=1” or “STOPPING=1”; nothing where nobody asked for it."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    abstract = address.startswith("@")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notice:
            notice.sendto(state.encode(), "\0" + address[1:] if abstract else address)
    except OSError as error:
        # It will say itself that it heard nothing.
        _log.warning("supervisor not told", extra={"state": state, "reason": error.strerror})
