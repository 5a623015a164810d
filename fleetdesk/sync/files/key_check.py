"""Whether a vault has the keys of a laptop's files, told before anything is opened: files of other keys look damaged.

A folder that was copied to another machine comes without its keys. Nothing in it is touched then.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from fleetdesk.errors import BadFile
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.files.small_files import replace

__all__ = ["demand_own_keys"]

_FILE = "keys.check"
_ABOUT = b"FleetDesk: the keys of these files"


def demand_own_keys(folder: Path, keys: FileKeys) -> None:
    """Raise BadFile if the folder's files have other keys; of a new folder, note which ones they are. Raises DiskFull.

    The note tells nothing of the keys.
    """
    note = folder / _FILE
    mark = hmac.new(keys.replica + keys.outbox + keys.documents, _ABOUT, hashlib.sha256).hexdigest()
    try:
        known = note.read_text().strip()
    except FileNotFoundError:
        known = ""
    except (OSError, UnicodeDecodeError):
        known = "?"
    if not known:
        replace(note, mark.encode())
    elif not hmac.compare_digest(known.encode(), mark.encode()):
        raise BadFile(
            f"The files in “{folder}” were encrypted with keys that are not on this machine.",
            kept="They were left as they are.",
            do="Open them where they were made; or move the folder away, and sign in here to begin anew.",
        )
