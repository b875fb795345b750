"""A proxy on loopback that delays what passes between clients and a PostgreSQL server, and counts it.

It stands in for a network: each way takes half of the round trip. It runs in a process of its own, so that a busy
client does not delay it.
"""

import asyncio
import socket
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

_READ_BYTES = 1 << 16
_STATEMENTS = b"QE"
"""The messages of a client that run a statement: a simple query, and the execution of a prepared one."""


@dataclass(frozen=True)
class SlowNetwork:
    """A running proxy: its port, and what passed through it so far."""

    port: int
    counts: Any

    @property
    def statements(self) -> int:
        """The number of statements that clients sent."""
        return int(self.counts[0])

    @property
    def round_trips(self) -> int:
        """How often a client sent something after an answer: it had waited for one round trip."""
        return int(self.counts[1])

    def ping_ms(self, address: str) -> float:
        """Return the median milliseconds of an empty statement through the proxy, whose address is given."""
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            times = []
            for _turn in range(50):
                began = time.perf_counter()
                connection.execute("")
                times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)


@contextmanager
def slow_network(socket_path: str, round_trip_ms: float) -> Iterator[SlowNetwork]:
    """Run a proxy to the socket of a server during the block."""
    context = get_context("spawn")
    counts, listening = context.Array("q", 2), context.SimpleQueue()
    arguments = (socket_path, round_trip_ms / 2000, counts, listening)
    process = context.Process(target=_serve, args=arguments, daemon=True)
    process.start()
    try:
        yield SlowNetwork(listening.get(), counts)
    finally:
        process.terminate()
        process.join()


def _serve(socket_path: str, delay_s: float, counts: Any, listening: Any) -> None:
    asyncio.run(_Proxy(socket_path, delay_s, counts).serve(listening))


class _Proxy:
    """Accepts connections and forwards both directions, each after the delay."""

    def __init__(self, socket_path: str, delay_s: float, counts: Any) -> None:
        self.socket_path, self.delay_s, self.counts = socket_path, delay_s, counts

    async def serve(self, listening: Any) -> None:
        """Tell the port, and accept until the process ends."""
        server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        listening.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until either side ends it."""
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        far_reader, far_writer = await asyncio.open_unix_connection(self.socket_path)
        turn = _Turns(self.counts)
        await asyncio.gather(
            self._forward(reader, far_writer, turn.sent), self._forward(far_reader, writer, turn.answered)
        )

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, note: Callable[[bytes], None]
    ) -> None:
        loop = asyncio.get_running_loop()
        waiting: deque[bytes] = deque()

        def forward() -> None:
            data = waiting.popleft()
            if data:
                writer.write(data)
            else:
                writer.close()

        data = b"."
        while data:
            try:
                data = await reader.read(_READ_BYTES)
            except ConnectionError:
                data = b""
            note(data)
            waiting.append(data)
            # Calls with growing times run in their order, and each takes the oldest data.
            loop.call_at(loop.time() + self.delay_s, forward)


class _Turns:
    """Counts the statements and the turns of one connection."""

    def __init__(self, counts: Any) -> None:
        self.counts, self.is_answered, self.rest = counts, True, b""
        self.is_started = False

    def answered(self, _data: bytes) -> None:
        """Note that the server sent something."""
        self.is_answered = True

    def sent(self, data: bytes) -> None:
        """Note what the client sent."""
        with self.counts.get_lock():
            self.counts[1] += self.is_answered
            self.counts[0] += sum(kind in _STATEMENTS for kind in self._messages(data))
        self.is_answered = False

    def _messages(self, data: bytes) -> Iterator[int]:
        """Yield the kind of each message that is complete; the first message has no kind."""
        self.rest += data
        while len(self.rest) >= (start := int(self.is_started)) + 4:
            end = start + int.from_bytes(self.rest[start : start + 4], "big")
            if len(self.rest) < end:
                return
            if self.is_started:
                yield self.rest[0]
            self.is_started, self.rest = True, self.rest[end:]
