"""A wire that can be cut: a plain TCP proxy on loopback, for the tour's tunnel and for tests that lose the network."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from types import TracebackType
from typing import Self

__all__ = ["CuttableProxy"]

_PIECE = 256 * 1024
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class CuttableProxy:
    """Forwards connections to `host:port` until it is cut; then it resets them all and every new one.

    The port stays taken while cut, so that nobody else gets it before `restore`. It runs in a thread of its own; every
    method may be called from any thread and returns when what it asks for is true.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._listener: socket.socket | None = None
        self._connections: dict[asyncio.Task[None], socket.socket] = {}
        self._cut = False
        self._port = 0

    @property
    def port(self) -> int:
        """The port on 127.0.0.1 to connect to; the same after `stop` and `start`."""
        return self._port

    @property
    def is_cut(self) -> bool:
        """Whether nothing gets through."""
        return self._cut

    def start(self) -> int:
        """Begin to listen; gives the port. Raises OSError if the port of an earlier start is taken by now."""
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = int(listener.getsockname()[1])
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(loop,), name="cuttable-proxy", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(listener), loop).result()
        return self._port

    def stop(self) -> None:
        """End all connections and stop listening. Does nothing if it does not run."""
        if self._loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    def cut(self) -> None:
        """Reset every connection, and from now on every new one."""
        self._cut = True
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._reset_all(), self._loop).result()

    def restore(self) -> None:
        """Let new connections through again."""
        self._cut = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    async def _listen(self, listener: socket.socket) -> None:
        # Not asyncio's own server: one that is closed just as it accepts forgets the connection (CPython 3.11).
        listener.setblocking(False)
        asyncio.get_running_loop().add_reader(listener, self._accept, listener)
        self._listener = listener

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            # Gone again before we looked.
            return
        connection.setblocking(False)
        task = asyncio.ensure_future(self._serve(connection))
        self._connections[task] = connection
        task.add_done_callback(lambda task: self._connections.pop(task).close())

    async def _close(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
        await self._reset_all()
        # Sockets are closed in the loop's next round, which must still come.
        await asyncio.sleep(0)

    async def _reset_all(self) -> None:
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        try:
            await self._join(reader, writer)
        except OSError:
            _reset(writer)
        except asyncio.CancelledError:
            _reset(writer)
            raise

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection. What is raised here resets it."""
        if self._cut:
            raise ConnectionResetError
        there_reader, there_writer = await asyncio.open_connection(*self._target)
        try:
            await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
            writer.close()
            there_writer.close()
            await asyncio.gather(writer.wait_closed(), there_writer.wait_closed())
        except (OSError, asyncio.CancelledError):
            _reset(there_writer)
            raise


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection the hard way: what was on its way is lost, and the other side learns it at once."""
    connection = writer.get_extra_info("socket")
    if connection is not None and not writer.transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()
