"""Prints records: as JSON lines for programs, as tables for people; messages go to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from rich.console import Console, RenderableType
from rich.text import Text

from net.records import Problem, Record
from net.text import visible
from probe.messages import encode_record
from resources.loader import problem_rows

ANSWERED, NOTHING_FOUND, WRONG_USE, COULD_NOT = 0, 1, 2, 3
"""The exit codes."""
UNBOUNDED = 1_000_000
"""Columns: wider than any line."""


class OutputError(Exception):
    """What is printed could not be written, for the reason in the message."""


class PipeConsole(Console):
    """Lets whoever called deal with a reader that is gone; rich itself would end the process from inside a task."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Output:
    """Where a verb prints; ``json`` chooses the form. It remembers the problems for the exit code."""

    def __init__(self, *, json: bool) -> None:
        self.json = json
        self.problems: list[Problem] = []
        # On a pipe no line is wrapped: a script reads them.
        self._width = None if sys.stdout is not None and sys.stdout.isatty() else UNBOUNDED
        self._console = PipeConsole(highlight=False, markup=False, width=self._width)
        self._errors = PipeConsole(stderr=True, highlight=False, markup=False, soft_wrap=True)

    def records(self, records: Iterable[Record]) -> None:
        """One JSON object a line; nothing in the form for people."""
        if self.json:
            with _writing():
                for record in records:
                    sys.stdout.buffer.write(encode_record(record) + b"\n")
                sys.stdout.buffer.flush()

    def show(self, renderable: RenderableType) -> None:
        """A table or line for people; nothing with ``--json``."""
        if not self.json:
            with _writing():
                if self._width is None:
                    self._console.print(renderable)
                    return
                with self._console.capture() as captured:
                    self._console.print(renderable)
                # The last column of a table is as wide as its longest cell.
                lines = captured.get().split("\n")
                sys.stdout.write("\n".join(line.rstrip(" ") for line in lines))
                sys.stdout.flush()

    def say(self, text: str) -> None:
        """A plain line for people."""
        self.show(Text(text))

    def text(self, text: str) -> None:
        """A document as it is, its lines not broken anew; nothing with ``--json``."""
        if not self.json:
            with _writing():
                sys.stdout.write(text)
                sys.stdout.flush()

    def problem(self, problem: Problem) -> None:
        """One line on stderr: what, errno and the remedy; with ``--json`` also the record on stdout."""
        self.problems.append(problem)
        self.records((problem,))
        self.message(f"{problem.text} {problem.remedy}")

    def message(self, text: str) -> None:
        """A line on stderr."""
        with suppress(BrokenPipeError):
            self._errors.print(Text(visible(text, 2000)))


@contextmanager
def _writing() -> Iterator[None]:
    """A reader that is gone is a BrokenPipeError; another failure an OutputError. Nothing is tried again at exit."""
    try:
        yield
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError(error.strerror) from error


def is_closed() -> bool:
    """Whether this was started without a standard output (``>&-``): Python has no stream then."""
    return sys.stdout is None


def exit_code(problem: Problem) -> int:
    """2 where the question itself was wrong, 3 where it could not be answered."""
    rows: Sequence[object] = problem_rows().get(problem.code, ())
    return WRONG_USE if any(getattr(row, "wrong_use", False) for row in rows) else COULD_NOT
