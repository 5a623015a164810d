"""No image of this process's memory, which may hold keys and people's data, is written to the disk when it crashes."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["forbid_core_dumps"]

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def forbid_core_dumps() -> None:
    """For the rest of the process's life, and by the first of both for its children's.

    The limit alone does not hold where the kernel hands the image to a program (core(5)); a process that is not
    dumpable gives it to nobody, nor lets another one of the same person read its memory. Neither is there on Windows,
    where crash dumps are the administrator's to set.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
