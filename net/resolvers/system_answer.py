"""What the system's own getaddrinfo says of a name: the way of every program, with its cache, order and hosts file."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress

import msgspec

from net.problems import make_problem
from net.resolvers.records import SystemResolution

TIMEOUT = 5.5
"""Seconds: glibc gives a server 5 before it asks the next (resolv.conf(5))."""

# In a process of its own, since getaddrinfo cannot be given up: a thread would hold this program's end up.
SCRIPT = """\
import json, socket, sys
try:
    found = socket.getaddrinfo(sys.argv[1], None, type=socket.SOCK_STREAM)
    print(json.dumps({"addresses": [each[4][0] for each in found]}))
except socket.gaierror as error:
    names = {getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")}
    print(json.dumps({"error": names.get(error.errno, str(error.errno)), "reason": error.strerror}))
except (OSError, ValueError) as error:
    print(json.dumps({"error": type(error).__name__, "reason": str(error)}))
"""


class _Said(msgspec.Struct):
    addresses: tuple[str, ...] = ()
    error: str | None = None
    reason: str = ""


async def ask_system(name: str, seconds: float = TIMEOUT) -> SystemResolution:
    """``name`` is ASCII text. Silence within ``seconds`` is the error ``timeout``."""
    begin = time.perf_counter()
    said = await _ask(name, seconds)
    if said.error is None:
        return SystemResolution(
            name=name,
            ok=bool(said.addresses),
            addresses=tuple(dict.fromkeys(said.addresses)),
            ms=round(1000 * (time.perf_counter() - begin), 1),
        )
    problem = make_problem("resolve_system_failed", name, evidence=f"{said.error}, {said.reason}")
    return SystemResolution(name=name, ok=False, error=said.error, problem=problem)


async def _ask(name: str, seconds: float) -> _Said:
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", SCRIPT, name),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Ctrl-C is for this program, which then ends the other.
            start_new_session=True,
        )
    except OSError as error:
        return _Said(error=type(error).__name__, reason=error.strerror or "")
    try:
        async with asyncio.timeout(seconds):
            printed, _ = await process.communicate()
        return msgspec.json.decode(printed, type=_Said)
    except TimeoutError:
        return _Said(error="timeout", reason=f"no answer within {seconds:g} s")
    except msgspec.DecodeError:
        return _Said(error="ended", reason="the process that asked ended without an answer")
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
