"""Connects to a port of this host and takes down the first thing it says: over HTTP, over TLS, or unasked."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
from contextlib import suppress
from typing import NamedTuple

from net.ports.certificate import subject
from net.text import visible, visible_bytes

WAIT = 0.3
"""Seconds for a connection, for an answer to a question, and for a TLS handshake."""
READ_LIMIT = 16 * 1024
LINE_LIMIT = 120
TELLING = (
    "server",
    "x-apple-processingtime",
    "x-powered-by",
    "docker-distribution-api-version",
    "x-jenkins",
    "jenkins-agent-protocols",
    "x-plex-protocol",
    "x-syncthing-version",
    "kbn-name",
)
"""The headers that tell which program answers."""
_STATUS = re.compile(rb"(?:HTTP|RTSP)/\d\.\d (\d{3})\b")
_STATUS_LENGTH = len(b"HTTP/1.1 200")
_TLS_ALERT = b"\x15\x03"
"""Record type alert and the version's first byte (RFC 8446 section 5.1): what a TLS server says to plain HTTP."""

SocketAddress = tuple[str, int] | tuple[str, int, int, int]


class Said(NamedTuple):
    """What a port said: lines made visible, the status of HTTP or RTSP, and whether it speaks TLS.

    ``reset``: it said nothing and reset the connection.
    """

    lines: tuple[str, ...] = ()
    status: int | None = None
    tls: bool = False
    reset: bool = False


async def connect(target: SocketAddress) -> socket.socket:
    """A non-blocking TCP socket that is connected. Raises OSError, ETIMEDOUT after 300 ms."""
    sock = socket.socket(socket.AF_INET if len(target) == 2 else socket.AF_INET6, socket.SOCK_STREAM)
    sock.setblocking(False)
    try:
        async with asyncio.timeout(WAIT):
            await asyncio.get_running_loop().sock_connect(sock, target)
    except TimeoutError:
        sock.close()
        raise OSError(errno.ETIMEDOUT, f"no connection within {WAIT * 1000:.0f} ms") from None
    except BaseException:
        sock.close()
        raise
    return sock


async def listen_to(sock: socket.socket, target: SocketAddress) -> Said:
    """Ask HEAD / on the connected ``sock``, then by a second connection over TLS if that was not HTTP; closes ``sock``.

    The request names the address as its host and asks that the connection be closed. No certificate is verified.
    """
    reset = False
    with sock:
        try:
            plain = await _ask(sock, target)
        except (ConnectionResetError, BrokenPipeError):
            plain, reset = b"", True
    status = _STATUS.match(plain)
    # nginx and Apache answer 400 where a port wants TLS.
    if plain and not plain.startswith(_TLS_ALERT) and (status is None or status[1] != b"400"):
        return read(plain)
    over_tls = await _ask_over_tls(target)
    if over_tls is not None:
        return over_tls
    return Said(tls=True) if plain.startswith(_TLS_ALERT) else read(plain)._replace(reset=reset)


def read(answer: bytes) -> Said:
    """The status line and the telling headers of HTTP or RTSP, else the first line, or the bytes where none is."""
    if not answer:
        return Said()
    head = answer.partition(b"\r\n\r\n")[0]
    lines = [visible_bytes(line.rstrip(b"\r"), LINE_LIMIT) for line in head.split(b"\n")]
    status = _STATUS.match(answer)
    if status is None:
        if answer.startswith(b"HEAD / "):
            return Said(("an echo of what was sent",))
        first = answer[:16]
        is_text = all(32 <= byte < 127 or byte in b"\r\n\t" or byte >= 0x80 for byte in first)
        return Said((lines[0],) if is_text and lines[0] else (f"0x{first.hex()}",))
    protocol = answer[:4].decode("ascii")
    told = [line for line in lines[1:] if line.partition(":")[0].strip().lower() in TELLING]
    return Said((f"{protocol} {int(status[1])}", *dict.fromkeys(told)), int(status[1]))


def _question(target: SocketAddress) -> bytes:
    host = target[0].partition("%")[0]
    named = f"[{host}]" if ":" in host else host
    return f"HEAD / HTTP/1.1\r\nHost: {named}:{target[1]}\r\nUser-Agent: lanscout\r\nConnection: close\r\n\r\n".encode()


async def _ask(sock: socket.socket, target: SocketAddress) -> bytes:
    """What came within the time, up to the end of a head. Raises OSError where the connection failed before."""
    loop = asyncio.get_running_loop()
    answer = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(WAIT):
            await loop.sock_sendall(sock, _question(target))
            while b"\r\n\r\n" not in answer and len(answer) < READ_LIMIT:
                try:
                    piece = await loop.sock_recv(sock, 4096)
                except OSError:
                    if not answer:
                        raise
                    break
                if not piece:
                    break
                answer += piece
                if len(answer) >= _STATUS_LENGTH and not _STATUS.match(answer):
                    break  # a greeting: nothing more is waited for
    return answer


async def _ask_over_tls(target: SocketAddress) -> Said | None:
    """The certificate's subject and what HEAD is answered; None where no handshake came about."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    writer = None
    try:
        sock = await connect(target)
        try:
            async with asyncio.timeout(WAIT):
                reader, writer = await asyncio.open_connection(sock=sock, ssl=context, server_hostname="")
        except BaseException:
            sock.close()
            raise
        named = subject(writer.get_extra_info("ssl_object").getpeercert(binary_form=True) or b"")
        answer = b""
        with suppress(TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(WAIT):
                writer.write(_question(target))
                answer = await reader.readuntil(b"\r\n\r\n")
        said = read(answer)
        certificate = f"TLS certificate {visible(named)}" if named else "TLS"
        return Said((*said.lines, certificate), said.status, tls=True)
    except (OSError, TimeoutError):  # ssl.SSLError is an OSError
        return None
    finally:
        if writer is not None:
            writer.transport.abort()
