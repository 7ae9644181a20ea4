"""Serves one window or terminal: reads asks from stdin, runs their watches, writes batches to stdout.

A full pipe never blocks the watches: what is keyed is replaced by its newest state, of events the newest are kept and
the rest counted (Skipped). When stdin closes everything is stopped and the process ends: no orphan, no socket left.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from typing import IO

import msgspec

from net.ending import end_with
from net.host import this_host
from net.problems import ProblemError, make_problem
from net.records import Problem
from net.requests import Request
from net.tasks import start, stop
from probe.messages import LINE_LIMIT, Ask, Hello, decode_ask, encode_record, encode_tell
from probe.methods import METHODS, Batch, Method
from probe.outbox import WHOLE_EVENTS_KEPT, Outbox
from resources.version import VERSION

logger = logging.getLogger(__name__)

PERIOD = 0.04
"""Seconds between two batches of one watch: at most 25 a second."""
LAST_WORDS = 0.5
"""Seconds in which the answers to the last lines must be taken."""
LAST_DEEDS = 20.0
"""Seconds in which a watch that was stopped before may still bring its work to an end, such as a file."""


def serve_stdio() -> int:
    """Serve stdin and stdout until stdin closes or a signal asks to end. Returns the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    # Whatever prints by accident must not land among the lines.
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    asyncio.run(_serve(lines))
    return 0


async def _serve(lines: IO[bytes]) -> None:
    server = Server(lines)
    serving = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def end() -> None:
        """A second signal must not interrupt what the first, or the end of stdin, has begun to end."""
        if serving is not None and not server.ending:
            serving.cancel()

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, end)
    with suppress(asyncio.CancelledError):
        await server.serve(await _stdin())
    # All watches are stopped. A thread may still hang in a write to a pipe that nobody reads; waiting for it, as
    # asyncio.run does, would leave an orphan.
    os._exit(0)


async def _stdin() -> asyncio.StreamReader:
    """Stdin as a stream; where the loop cannot wait for it (files, Windows) a thread reads it."""
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    except (ValueError, OSError, NotImplementedError):
        start(_feed(reader), "probe stdin")
    return reader


async def _feed(reader: asyncio.StreamReader) -> None:
    while line := await asyncio.to_thread(sys.stdin.buffer.readline, LINE_LIMIT):
        reader.feed_data(line)
    reader.feed_eof()


class Server:
    """The watches of one front end; ``ending``: they are being stopped."""

    def __init__(self, lines: IO[bytes]) -> None:
        self._lines = lines
        self._watches: dict[int, asyncio.Task[None]] = {}
        self._outboxes: dict[int, Outbox] = {}
        self._endings: dict[int, asyncio.Event] = {}
        self._running: set[asyncio.Task[None]] = set()
        # A thread of its own: those of asyncio.to_thread may all be waiting for something.
        self._writer = ThreadPoolExecutor(1, "probe lines")
        self.ending = False
        self._busy = False
        self._urgent: list[bytes] = []
        self._wake = asyncio.Event()

    async def serve(self, asks: asyncio.StreamReader) -> None:
        """Answer until ``asks`` ends or the front end stops reading; then stop all watches."""
        self._urgent.append(encode_tell(0, hello=_hello()))
        self._wake.set()
        writing = start(self._write(), "probe writer")
        reading = start(self._read(asks), "probe reader")
        try:
            await asyncio.wait((writing, reading), return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                await self._last_words(writing)
        finally:
            self.ending = True
            # Those stopped a moment ago, too: their sockets are closed and groups left before the process ends.
            ending = [task for task in self._running if task.cancelling()]
            await stop(writing, reading, *(self._running.difference(ending)))
            # Cancelled once more they would be interrupted in that.
            if ending:
                await asyncio.wait(ending, timeout=LAST_DEEDS)
            await stop(*self._running)
            self._writer.shutdown(wait=False)

    async def _last_words(self, writing: asyncio.Task[None]) -> None:
        """Answer what was read before stdin closed, if the pipe takes it at once."""
        await asyncio.wait(self._running or (writing,), timeout=PERIOD)
        await stop(writing)
        lines = self._take()
        if lines and not self._busy:
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(LAST_WORDS):
                    await self._put(lines)

    async def _read(self, asks: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await asks.readline()
            except ValueError as error:  # longer than LINE_LIMIT: the reader has thrown it away
                self._tell_problem(0, make_problem("line_invalid", "line", evidence=str(error)))
                continue
            if not line:
                return
            if line.strip():
                self._answer(line)

    def _answer(self, line: bytes) -> None:
        try:
            ask = decode_ask(line)
        except (msgspec.DecodeError, RecursionError) as error:
            self._tell_problem(0, make_problem("line_invalid", "line", evidence=str(error)))
            return
        if ask.stop:
            watch = self._watches.pop(ask.id, None)
            self._outboxes.pop(ask.id, None)
            self._endings.pop(ask.id, None)
            if watch is not None:
                watch.cancel()
        elif ask.finish:
            self._finish(ask.id)
        elif ask.id in self._watches:
            # Under its own id it would end the watch that runs.
            evidence = f"the id {ask.id} is in use"
            self._tell_problem(0, make_problem("request_invalid", str(ask.watch), evidence=evidence))
        else:
            outbox = self._outboxes[ask.id] = Outbox()
            method = METHODS.get(ask.watch or "")
            if method is not None and method.finishes:
                # Here, since the line that asks it to finish may come before the watch has begun.
                self._endings[ask.id] = asyncio.Event()
            task = self._watches[ask.id] = start(self._watch(ask, outbox), f"watch {ask.id} {ask.watch}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _finish(self, identity: int) -> None:
        """Ask the watch for its end; one that knows no last words ends at once."""
        if identity in self._endings:
            self._endings[identity].set()
        elif identity in self._watches:
            self._watches.pop(identity).cancel()
            self._outboxes[identity].close(None)
            self._wake.set()

    async def _watch(self, ask: Ask, outbox: Outbox) -> None:
        problem = None
        try:
            await self._run(ask, outbox)
        except ProblemError as failure:
            problem = failure.problem
        except OSError as error:
            logger.warning("watch %s ended", ask.watch, exc_info=error)
            problem = make_problem("unexpected", str(ask.watch), error)
        except Exception as error:  # the border: one watch must not take the others down
            logger.exception("watch %s failed", ask.watch)
            problem = make_problem("unexpected", str(ask.watch), evidence=f"{type(error).__name__}: {error}")
        if self._outboxes.get(ask.id) is outbox:
            self._endings.pop(ask.id, None)
            self._watches.pop(ask.id, None)
            outbox.close(problem)
            self._wake.set()

    async def _run(self, ask: Ask, outbox: Outbox) -> None:
        method, request = _load(ask)
        watch = method.load()
        if ask.id in self._endings:
            end_with(self._endings[ask.id])
        if method.whole:
            outbox.events_kept = WHOLE_EVENTS_KEPT
        async with aclosing(watch(request)) as batches:
            async for batch in batches:
                if self._outboxes.get(ask.id) is not outbox:
                    return
                outbox.add(batch)
                self._wake.set()
                if method.whole:
                    await outbox.emptied()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            begin = loop.time()
            lines = self._take()
            if lines:
                self._busy = True
                try:
                    await self._put(lines)
                except (BrokenPipeError, ConnectionResetError):
                    return
                self._busy = False
            await asyncio.sleep(max(0.0, begin + PERIOD - loop.time()))

    async def _put(self, lines: bytes) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writer, _write_all, self._lines, lines)

    def _take(self) -> bytes:
        lines, self._urgent = self._urgent, []
        for identity, outbox in list(self._outboxes.items()):
            batch = outbox.take()
            if batch:
                lines.append(_encoded(identity, batch))
            if outbox.closed:
                lines.append(encode_tell(identity, problem=outbox.problem, end=outbox.problem is None))
                del self._outboxes[identity]
        return b"".join(lines)

    def _tell_problem(self, identity: int, problem: Problem) -> None:
        self._urgent.append(encode_tell(identity, problem=problem))
        self._wake.set()


def _load(ask: Ask) -> tuple[Method, Request]:
    method = METHODS.get(ask.watch or "")
    if method is None:
        raise ProblemError(make_problem("watch_unknown", str(ask.watch), names=", ".join(METHODS)))
    try:
        request = msgspec.json.decode(ask.parameters, type=method.request)
    except msgspec.DecodeError as error:
        raise ProblemError(make_problem("request_invalid", method.name, evidence=str(error))) from None
    return method, request


def _encoded(identity: int, batch: Batch) -> bytes:
    """The line of a batch; records that JSON cannot hold (a name that is no text) are left out, and that is told."""
    try:
        return encode_tell(identity, batch=batch)
    except UnicodeEncodeError as error:
        kept = []
        for record in batch:
            with suppress(UnicodeEncodeError):
                encode_record(record)
                kept.append(record)
        kept.append(make_problem("record_unwritable", "a record", evidence=str(error)))
        return encode_tell(identity, batch=tuple(kept))


def _hello() -> Hello:
    host = this_host()
    return Hello(version=VERSION, system=host.system, host=host.name, user=host.user, root=host.root, pid=os.getpid())


def _write_all(lines: IO[bytes], data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[lines.write(view) or 0 :]
