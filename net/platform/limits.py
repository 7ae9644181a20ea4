"""How many files and sockets this process may have open."""

from __future__ import annotations

from contextlib import suppress


def allow_open_files(count: int) -> None:
    """Raise the soft limit to ``count`` open files, as far as the hard limit lets; do nothing where there is none.

    getrlimit(2): macOS starts programs with 256, Linux with 1,024, and a join takes one.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    # macOS also refuses more than kern.maxfilesperproc.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
