"""A process that does nothing but wait, a millisecond at a time: what it oversleeps is the machine's doing.

It waits until its pipe is closed, and then says in milliseconds how long it was kept from running at most.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import Self

__all__ = ["WaitingProcess"]

_TICK = 0.001


class WaitingProcess:
    """One beside a measurement; `longest` once it is over."""

    longest = 0.0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.waiting_process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        said, _ = self._process.communicate()
        self.longest = float(said)


def main() -> None:
    """Wait."""
    ended = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    longest = 0.0
    while not ended.is_set():
        before = time.perf_counter()
        time.sleep(_TICK)
        longest = max(longest, time.perf_counter() - before - _TICK)
    print(1000 * longest)


if __name__ == "__main__":
    main()
