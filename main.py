"""Lanscout: no verb opens the window, a verb answers in the terminal, ``probe`` serves one of them over stdio."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the program; the exit codes are those of docs/terminal.md, and 130 after a Ctrl-C while it starts."""
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return 130


def _run(words: list[str]) -> int:
    if words == ["probe"]:
        from probe.server import serve_stdio

        return serve_stdio()
    if _wants_window(words):
        from net.platform.system import missing_display

        if missing_display() is None:
            from ui.application import run

            return run(words)
    from ui.terminal.commands import run as run_terminal

    return run_terminal(words)


def _wants_window(words: list[str]) -> bool:
    """No verb, and nothing but the place to look from."""
    return not words or (len(words) == 2 and words[0] == "--on") or (len(words) == 1 and words[0].startswith("--on="))


if __name__ == "__main__":
    sys.exit(main())
