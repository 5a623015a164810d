"""Decoding of what streams carry: JSON lines under zstd, fed as they arrive, within bounds no answer can stretch."""

from __future__ import annotations

from typing import IO, cast

import zstandard

from fleetdesk.errors import ProtocolError

__all__ = ["MOST_HELD", "Lines"]

MOST_HELD = 16 * 1024 * 1024
"""Bytes that a stream may make us hold at once: its longest line, or what one piece of it expands to. They are decoded
at one go, which all other threads wait for; the hub ends a line at a quarter of it."""
_LARGEST_WINDOW = 8 * 1024 * 1024
"""What RFC 8878 (3.1.1.1.2) asks every decoder to support; beyond, memory would be of the other side's choice."""


class Lines:
    """Turns pieces of a zstd stream into blocks of whole lines."""

    def __init__(self, *, most_held: int = MOST_HELD) -> None:
        self._sink = _Sink(most_held)
        self._writer = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_writer(
            cast("IO[bytes]", self._sink)
        )

    def feed(self, piece: bytes) -> bytes:
        """The lines that this piece completes, each with its line end; empty if it completes none.

        Raises ProtocolError for what is no zstd stream, or makes us hold too much.
        """
        try:
            self._writer.write(piece)
        except zstandard.ZstdError as error:
            raise ProtocolError("The hub's answer is not the compressed stream that it should be.") from error
        return self._sink.take_lines()


class _Sink:
    """Where the decompressor writes: the beginning of a line, and what came after it."""

    def __init__(self, most_held: int) -> None:
        self._held = 0
        self._most_held = most_held
        self._parts: list[bytes] = []
        self._fresh = 0

    def write(self, data: memoryview) -> int:
        self._held += len(data)
        if self._held > self._most_held:
            raise ProtocolError("The hub's answer has a line that is longer than any should be.")
        self._parts.append(bytes(data))
        return len(data)

    def take_lines(self) -> bytes:
        """Every whole line so far. Only parts that were written since the last call are searched."""
        for index in range(len(self._parts) - 1, self._fresh - 1, -1):
            end = self._parts[index].rfind(b"\n") + 1
            if end:
                last = self._parts[index]
                block = b"".join([*self._parts[:index], last[:end]])
                self._parts = [part for part in (last[end:], *self._parts[index + 1 :]) if part]
                self._held -= len(block)
                self._fresh = len(self._parts)
                return block
        self._fresh = len(self._parts)
        return b""
