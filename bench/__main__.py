"""Measures the budgets and prints them as a table: ``python -m bench [NAME ...]``, without a name all."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bench import bonjour, changes, counting, listening, ports, startup
from bench.result import Result

BENCHES: dict[str, Callable[[], list[Result]]] = {
    "startup": startup.run,
    "ports": ports.run,
    "changes": changes.run,
    "bonjour": bonjour.run,
    "counting": counting.run,
    "listening": listening.run,
}


def main(names: list[str]) -> int:
    """Exit code 0 if every budget is met, 1 if one is missed, 2 for an unknown name."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    table = Table(box=None, pad_edge=False)
    for title in ("what", "measured", "budget", "verdict"):
        table.add_column(title, overflow="fold")
    results: list[Result] = []
    for name in names or BENCHES:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        results += BENCHES[name]()
    for result in results:
        table.add_row(result.what, result.measured, result.budget, result.verdict)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return 0 if all(result.met in (True, None) for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
