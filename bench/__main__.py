"""Measures the budgets and prints them as a table: ``python -m bench [NAME[=SECONDS] ...]``, without a name all.

``memory``, ``bonjour-many`` and ``ports-memory`` take minutes, so they run only when they are named, as does
``interfaces``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bench import (
    bonjour,
    changes,
    counting,
    decoding,
    diagnosing,
    interfaces,
    linting,
    listening,
    memory,
    ports,
    ports_memory,
    scrolling,
    sockets_shown,
    startup,
)
from bench.result import Result

BENCHES: dict[str, Callable[..., list[Result]]] = {
    "startup": startup.run,
    "ports": ports.run,
    "ports-memory": ports_memory.run,
    "ports-window": sockets_shown.run,
    "changes": changes.run,
    "interfaces": interfaces.run,
    "bonjour": bonjour.run,
    "bonjour-many": bonjour.run_many,
    "counting": counting.run,
    "decoding": decoding.run,
    "diagnosis": diagnosing.run,
    "linting": linting.run,
    "listening": listening.run,
    "scrolling": scrolling.run,
    "memory": memory.run,
}
TIMED = ("listening", "memory")
"""Those that can be told how many seconds to take."""
LONG = ("memory", "bonjour-many", "ports-memory", "interfaces")


def main(names: list[str]) -> int:
    """Exit code 0 if every budget is met, 1 if one is missed, 2 for an unknown name."""
    asked = {name: seconds for name, _, seconds in (word.partition("=") for word in names)}
    asked = asked or {name: "" for name in BENCHES if name not in LONG}
    unknown = [name for name, seconds in asked.items() if name not in BENCHES or (seconds and name not in TIMED)]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    table = Table(box=None, pad_edge=False)
    for title in ("what", "measured", "budget", "verdict"):
        table.add_column(title, overflow="fold")
    results: list[Result] = []
    for name, seconds in asked.items():
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        results += BENCHES[name](float(seconds)) if seconds else BENCHES[name]()
    for result in results:
        table.add_row(result.what, result.measured, result.budget, result.verdict)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return 0 if all(result.met in (True, None) for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
