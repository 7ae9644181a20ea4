"""What a port says is taken down in time, whatever it speaks: HTTP, TLS, a greeting, nothing, or rubbish."""

from __future__ import annotations

import asyncio
import errno
import shutil
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import pytest

from net.ports.peeking import WAIT, Said, connect, listen_to, read
from tests.samples import sample

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(handle: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, int]]:
    """A server on the loopback that gives each connection to ``handle`` and closes it after."""

    serving: list[asyncio.Task[object]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.append(task)
        with suppress(OSError, asyncio.IncompleteReadError):
            await handle(reader, writer)
        writer.transport.abort()

    running = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with running:
        yield running.sockets[0].getsockname()
        if serving:
            await asyncio.wait(serving, timeout=5)


async def peek(target: tuple[str, int]) -> Said:
    return await listen_to(await connect(target), target)


def says(answer: bytes) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return handle


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and is not here")
    folder: Path = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/CN=dev.example", "-days", "2", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return made


async def test_http_is_asked_for_its_head_and_its_telling_headers_are_kept() -> None:
    requests = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nDate: today\r\nServer: nginx/1.24.0\r\nX-Powered-By: Express\r\n\r\n")
        await writer.drain()

    async with server(handle) as target:
        said = await peek(target)
    assert said[:3] == (("HTTP 200", "Server: nginx/1.24.0", "X-Powered-By: Express"), 200, False)
    (request,) = requests
    assert request.startswith(b"HEAD / HTTP/1.1\r\n")
    assert b"\r\nHost: 127.0.0.1:%d\r\n" % target[1] in request
    assert b"\r\nConnection: close\r\n" in request


async def test_tls_is_told_by_its_certificate_and_what_stands_behind_it(context: ssl.SSLContext) -> None:
    async with server(says(b"HTTP/1.1 404 Not Found\r\nserver: uvicorn\r\n\r\n"), context) as target:
        said = await peek(target)
    assert said[:3] == (("HTTP 404", "server: uvicorn", "TLS certificate CN=dev.example"), 404, True)


@pytest.mark.parametrize(("status", "connections"), [(b"400", 2), (b"404", 1)])
async def test_only_what_may_be_a_refusal_of_plain_text_is_asked_again_over_tls(
    status: bytes, connections: int
) -> None:
    begun = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.append(await reader.read(1))
        writer.write(b"HTTP/1.1 %s X\r\nServer: nginx\r\n\r\n" % status)
        await writer.drain()

    async with server(handle) as target:
        assert (await peek(target))[:3] == ((f"HTTP {int(status)}", "Server: nginx"), int(status), False)
    assert begun == [b"H", b"\x16"][:connections]


async def test_a_greeting_is_read_without_waiting_for_more() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
        await reader.read()

    async with server(handle) as target:
        begin = time.monotonic()
        said = await peek(target)
        assert time.monotonic() - begin < WAIT
    assert said[:3] == (("SSH-2.0-OpenSSH_9.2p1 Debian-2",), None, False)


async def test_a_port_that_accepts_and_is_silent_is_left_after_its_time() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"never")

    async with server(handle) as target:
        begin = time.monotonic()
        assert (await peek(target))[:3] == ((), None, False)
        assert time.monotonic() - begin < 3 * WAIT + 0.5


async def test_a_port_that_closes_at_once_says_nothing() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass

    async with server(handle) as target:
        assert (await peek(target))[:3] == ((), None, False)


async def test_a_port_that_resets_each_connection_is_told_from_one_that_is_silent() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async with server(handle) as target:
        assert await peek(target) == ((), None, False, True)


async def test_an_endless_head_is_cut_off() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"Server: " + b"a" * 5000 + b"\r\n")
            await writer.drain()

    async with server(handle) as target:
        said = await peek(target)
    assert said.status == 200
    assert sum(map(len, said.lines)) < 500


async def test_a_refusal_keeps_its_errno_and_a_full_queue_runs_out_of_time() -> None:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            await connect(listening.getsockname())
        listening.listen(0)
        target = listening.getsockname()
        begin = time.monotonic()
        opened = await asyncio.gather(*(connect(target) for _ in range(5)), return_exceptions=True)
        for each in opened:
            if isinstance(each, socket.socket):
                each.close()
        assert time.monotonic() - begin < WAIT + 1
    late = [each for each in opened if isinstance(each, OSError)]
    assert late
    assert {each.errno for each in late} == {errno.ETIMEDOUT}


def test_the_recorded_answer_of_airplay_is_read() -> None:
    answer = sample("macos/curl-i-localhost-5000--403-airtunes").replace("\n", "\r\n").encode()
    assert read(answer)[:3] == (("HTTP 403", "Server: AirTunes/860.7.1", "X-Apple-ProcessingTime: 1"), 403, False)


@pytest.mark.parametrize(
    ("answer", "lines", "status"),
    [
        (b"", (), None),
        (b"RTSP/1.0 400 Bad Request\r\nServer: AirTunes/220.68\r\n\r\n", ("RTSP 400", "Server: AirTunes/220.68"), 400),
        (b"HTTP/1.0 200 OK\nServer: x\n\n", ("HTTP 200", "Server: x"), 200),
        (b"HTTP/1.1 200 OK\r\nServer: a\x1b[31m\r\n\r\n", ("HTTP 200", "Server: a␛[31m"), 200),
        (b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", ("an echo of what was sent",), None),
        (b"\x00\x01\x02\xff", ("0x000102ff",), None),
        (b"220 mail ESMTP\r\n250 go on\r\n", ("220 mail ESMTP",), None),
    ],
)
def test_any_answer_becomes_lines_that_can_be_looked_at(answer: bytes, lines: tuple[str, ...], status: int) -> None:
    assert read(answer)[:3] == (lines, status, False)
