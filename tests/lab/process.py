"""A background process of the lab: what it prints can be waited for, and it always ends."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar

GRACE_SECONDS = 3.0

JsonRecord = dict[str, Any]
"""A line of ``--json``: whatever the terminal contract says its ``kind`` has."""

Found = TypeVar("Found")


class ProcessEndedError(RuntimeError):
    """The process ended before what was waited for happened; its output is in the message."""


class Background:
    """A process in a session of its own whose stdout and stderr are collected line by line.

    Use as a context manager, or call ``close``: TERM to its session, KILL after 3 s.
    """

    def __init__(self, argv: list[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        self.argv = argv
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._changed = threading.Condition()
        self._open_streams = 2
        self._stdout_ended = False
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            bufsize=1,
            start_new_session=True,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(self._process.stdout, self.lines), name=f"stdout of {argv[0]}"),
            threading.Thread(target=self._read, args=(self._process.stderr, self.errors), name=f"stderr of {argv[0]}"),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll()

    @property
    def output(self) -> str:
        """All that was printed so far, stdout before stderr."""
        return "\n".join([*self.lines, *self.errors])

    def write(self, text: str) -> None:
        """Give ``text`` to its stdin."""
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone, not to its children."""
        self._process.send_signal(number)

    def interrupt(self, timeout: float = 10) -> int:
        """What Ctrl-C does; returns the exit code. Raises TimeoutError if it does not end."""
        self.send(signal.SIGINT)
        return self.wait(timeout)

    def wait(self, timeout: float = 10) -> int:
        """Wait for the end and for the last line; returns the exit code. Raises TimeoutError."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"{self.argv} still runs after {timeout} s; it printed:\n{self.output}") from error
        for reader in self._readers:
            reader.join(timeout)
        return code

    def wait_for(self, pattern: str, timeout: float = 10) -> re.Match[str]:
        """The first match of ``pattern`` in a line of stdout or stderr, past lines included."""
        return self._await(lambda: self._search(pattern), f"/{pattern}/", timeout)

    def record(self, kind: str, timeout: float = 10, **fields: object) -> JsonRecord:
        """The first JSON line of that kind whose fields have these values, past lines included."""
        return self._await(lambda: self._find_record(kind, fields), f"{kind} {fields}", timeout)

    def records(self, kind: str | None = None) -> list[JsonRecord]:
        """The JSON lines printed so far, of one kind or all."""
        parsed = [json.loads(line) for line in list(self.lines)]
        return [record for record in parsed if kind is None or record["kind"] == kind]

    def iterate(self, timeout: float = 10) -> Iterator[str]:
        """The lines of stdout as they come, from the first on; ends with the process. Raises TimeoutError."""
        given = 0
        while self._has_line(given, timeout):
            yield self.lines[given]
            given += 1

    def wait_until(self, condition: Callable[[], bool], timeout: float = 10) -> None:
        """Ask ``condition`` every 10 ms until it is true; the process's end or ``timeout`` is an error."""
        deadline = time.monotonic() + timeout
        descriptor = os.pidfd_open(self.pid)
        try:
            while not condition():
                if select.select([descriptor], [], [], 0.01)[0] and not condition():
                    raise ProcessEndedError(f"{self.argv} ended; it printed:\n{self.output}")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{self.argv}: not within {timeout} s; it printed:\n{self.output}")
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """End the process and all of its session; does nothing the second time."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._signal_session(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS)
        self._signal_session(signal.SIGKILL)
        self._process.wait()
        for reader in self._readers:
            reader.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _signal_session(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def _read(self, stream: IO[str], into: list[str]) -> None:
        with stream:
            for line in stream:
                with self._changed:
                    into.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._open_streams -= 1
            if into is self.lines:
                self._stdout_ended = True
            self._changed.notify_all()

    def _has_line(self, number: int, timeout: float) -> bool:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.lines) > number or self._stdout_ended, timeout):
                raise TimeoutError(f"no further line of {self.argv} within {timeout} s")
            return len(self.lines) > number

    def _search(self, pattern: str) -> re.Match[str] | None:
        matches = (re.search(pattern, line) for line in [*self.lines, *self.errors])
        return next((match for match in matches if match), None)

    def _find_record(self, kind: str, fields: Mapping[str, object]) -> JsonRecord | None:
        for record in self.records(kind):
            if all(record.get(name) == value for name, value in fields.items()):
                return record
        return None

    def _await(self, look: Callable[[], Found | None], wanted: str, timeout: float) -> Found:
        found: Found | None = None

        def done() -> bool:
            nonlocal found
            found = look()
            return found is not None or self._open_streams == 0

        with self._changed:
            if not self._changed.wait_for(done, timeout):
                raise TimeoutError(f"{self.argv}: no {wanted} within {timeout} s; it printed:\n{self.output}")
        if found is None:
            raise ProcessEndedError(f"{self.argv} ended without {wanted}; it printed:\n{self.output}")
        return found
