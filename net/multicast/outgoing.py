"""What is sent: the payload of each datagram of a SendRequest."""

from __future__ import annotations

import secrets
import struct
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from net.multicast.payloads.lanscout import NUMBERED_BYTES, numbered_payload
from net.problems import ProblemError, make_problem
from net.requests import SendRequest

LARGEST = 65507
"""Bytes of the largest UDP payload over IPv4 (65,535 less the headers of IPv4 and UDP)."""
RTP_BYTES = 172
"""An RTP packet of 20 ms of telephone sound (RFC 3551 section 4.5.14): a header of 12 bytes and 160 of samples."""
_RTP = struct.Struct(">BBHII")
_RTP_VERSION = 0x80
# Of the static types the one with the smallest packets, any byte of which is valid (0xff is silence).
_RTP_PCMU, _RTP_CLOCK, _RTP_SILENCE = 0, 8000, b"\xff"

Payload = Callable[[int], bytes]
"""The payload of datagram number 0, 1, 2 ..., made when it is sent."""


def outgoing(request: SendRequest) -> AbstractContextManager[Payload]:
    """What ``request`` asks to send; a file stays open for the block. May block.

    Raises ProblemError: payload_ambiguous, payload_missing, payload_not_hex, payload_too_small, payload_too_large,
    file_unreadable.
    """
    given = [kind for kind in ("text", "hex", "file") if getattr(request, kind) is not None]
    kind = request.payload_kind or (given[0] if given else "numbered")
    if len(given) > 1 or (given and given[0] != kind):
        raise ProblemError(make_problem("payload_ambiguous", " ".join(given)))
    if kind == "text":
        return nullcontext(_constant(_given(request.text, kind).encode("utf-8", "surrogateescape")))
    if kind == "hex":
        return nullcontext(_constant(_unhexed(_given(request.hex, kind))))
    if kind == "file":
        return _pieces(_given(request.file, kind), request.size)
    if kind == "rtp":
        return nullcontext(_rtp(_size(request.size, RTP_BYTES, _RTP.size)))
    size = _size(request.size, NUMBERED_BYTES, NUMBERED_BYTES)
    run = secrets.randbits(32)
    return nullcontext(lambda number: numbered_payload(run, number, time.time(), size))


def rtp_packet(number: int, ticks: int, source: int, size: int) -> bytes:
    """An RTP packet (RFC 3550 section 5.1) of ``size`` bytes, its sound being silence; ``ticks`` are of 1/8,000 s."""
    header = _RTP.pack(_RTP_VERSION, _RTP_PCMU, number & 0xFFFF, ticks & 0xFFFFFFFF, source)
    return header.ljust(size, _RTP_SILENCE)


def _rtp(size: int) -> Payload:
    first, source = secrets.randbits(16), secrets.randbits(32)
    return lambda number: rtp_packet(first + number, int(time.time() * _RTP_CLOCK), source, size)


def _size(asked: int | None, usual: int, least: int) -> int:
    size = asked if asked is not None else usual
    if size < least:
        raise ProblemError(make_problem("payload_too_small", str(size), least=least))
    return size


def _given(value: str | None, kind: str) -> str:
    if value is None:
        raise ProblemError(make_problem("payload_missing", kind))
    return value


def _unhexed(text: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise ProblemError(make_problem("payload_not_hex", text, evidence=str(error))) from None


def _constant(payload: bytes) -> Payload:
    _check_fits(len(payload))
    return lambda _: payload


def _pieces(name: str, size: int | None) -> AbstractContextManager[Payload]:
    """The file in pieces of ``size`` bytes, from its beginning again after its end; without size it is one piece."""
    path = Path(name)
    try:
        # A pipe or a device has no length, and opening it might wait for ever.
        if not path.is_file():
            raise ProblemError(make_problem("file_unreadable", name, evidence="it is no file"))
        length = path.stat().st_size
        if not length:
            raise ProblemError(make_problem("file_unreadable", name, evidence="it is empty"))
        _check_fits(size or length)
        return _Pieces(path.open("rb", buffering=0), name, length, size or length)
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else None
        raise ProblemError(make_problem("file_unreadable", name, reason, evidence=str(error))) from error


class _Pieces(AbstractContextManager[Payload]):
    """Read piece by piece: mapped into memory, a file that is cut short meanwhile would end the process (SIGBUS)."""

    def __init__(self, file: BinaryIO, name: str, length: int, size: int) -> None:
        self._file = file
        self._name = name
        self._length = length
        self._size = size
        self._pieces = -(-length // size)

    def __enter__(self) -> Payload:
        return self._piece

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _piece(self, number: int) -> bytes:
        start = number % self._pieces * self._size
        wanted = min(self._size, self._length - start)
        try:
            self._file.seek(start)
            piece = self._file.read(wanted)
        except OSError as error:
            raise ProblemError(make_problem("file_unreadable", self._name, error)) from error
        if len(piece) < wanted:
            shorter = "it became shorter while it was sent"
            raise ProblemError(make_problem("file_unreadable", self._name, evidence=shorter))
        return piece


def _check_fits(size: int) -> None:
    if size > LARGEST:
        raise ProblemError(make_problem("payload_too_large", str(size), most=LARGEST))
