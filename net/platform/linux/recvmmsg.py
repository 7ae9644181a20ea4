"""Reads up to 64 datagrams of a socket with one call of recvmmsg(2), into memory that is used again and again.

What the kernel wrote is taken apart in columns. Where the pieces of ancillary data lie (cmsg(3)) is learnt once for
each family and length; RXQ_OVFL comes only once something was dropped, so each family has at least two lengths.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import struct
import threading
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from net.platform.batch import BATCH, Batch, SourceKey
from net.platform.names import name_of_index
from net.platform.options import LINUX

_LARGEST = 65536
# Not a power of two apart: else the first bytes of all payloads would share one set of the processor's cache.
_PAYLOAD_STRIDE = _LARGEST + 192
_NAME_BYTES = 32
_CONTROL_BYTES = 128
_META_STRIDE = _NAME_BYTES + _CONTROL_BYTES

# struct mmsghdr of 64-bit Linux: name, namelen, iov, iovlen, control, controllen, flags (msghdr), len
_HEADER = struct.Struct("@PIxxxxPNPNixxxxIxxxx")
_IOVEC = struct.Struct("@PN")
# Places in struct mmsghdr, counted in words of 8 and of 4 bytes.
_WORDS, _CONTROL_LENGTH = 8, 5
_HALVES, _LENGTH = 16, 14
_CMSG = struct.Struct("@Nii")
_CMSG_ALIGN = 8
_IP, _IPV6, _SOCKET = socket.IPPROTO_IP, socket.IPPROTO_IPV6, socket.SOL_SOCKET

# sockaddr_in and sockaddr_in6 without padding: family, port, (flow information,) address(, scope)
_NAME_V4 = struct.Struct("=H2s4s")
_NAME_V6 = struct.Struct("=H2s4x16sI")
_NAMES: dict[int, int] = {socket.AF_INET: _NAME_V4.size, socket.AF_INET6: _NAME_V6.size}


class Layout(NamedTuple):
    """How to take apart the memory of one datagram (address, then ancillary data), and which value is which.

    ``form`` gives ``width`` values, the source first; the numbers are places among them, None for what is missing.
    """

    form: str
    width: int
    seconds: int | None
    interface: int | None
    ttl: int | None
    drops: int | None


def supported() -> bool:
    """Whether this module knows the layout of the structures here: 64-bit Linux, with libc's recvmmsg."""
    return struct.calcsize("@P") == 8 and hasattr(_libc(), "recvmmsg")


def reader() -> MmsgReader:
    """The one of this thread: its memory serves all sockets, as a batch is taken apart before the next is read."""
    found: MmsgReader | None = getattr(_readers, "reader", None)
    if found is None:
        found = _readers.reader = MmsgReader()
    return found


class MmsgReader:
    """See net.platform.batch.BatchReader."""

    def __init__(self) -> None:
        # Of the 4 MiB only the pages that datagrams reach into are ever used.
        self._payloads = mmap.mmap(-1, BATCH * _PAYLOAD_STRIDE)
        self._meta = memoryview(bytearray(BATCH * _META_STRIDE))
        self._iovecs = bytearray(BATCH * _IOVEC.size)
        self._headers = memoryview(bytearray(BATCH * _HEADER.size))
        payloads, meta, iovecs, self._address = (
            ctypes.addressof(ctypes.c_char.from_buffer(memory))
            for memory in (self._payloads, self._meta, self._iovecs, self._headers)
        )
        for place in range(BATCH):
            _IOVEC.pack_into(self._iovecs, place * _IOVEC.size, payloads + place * _PAYLOAD_STRIDE, _LARGEST)
            name, iovec = meta + place * _META_STRIDE, iovecs + place * _IOVEC.size
            header = (name, _NAME_BYTES, iovec, 1, name + _NAME_BYTES, _CONTROL_BYTES, 0, 0)
            _HEADER.pack_into(self._headers, place * _HEADER.size, *header)
        self._fresh = bytes(self._headers)
        self._words, self._halves = self._headers.cast("Q"), self._headers.cast("I")
        self._offsets = tuple(range(0, BATCH * _PAYLOAD_STRIDE, _PAYLOAD_STRIDE))
        self._layouts: dict[tuple[int, int], Layout] = {}
        self._receive = _libc().recvmmsg

    def read(self, sock: socket.socket, limit: int) -> Batch | None:
        """See net.platform.batch.BatchReader."""
        count = self._receive(sock.fileno(), self._address, min(limit, BATCH), socket.MSG_DONTWAIT, None)
        if count <= 0:
            number = ctypes.get_errno()
            if count == 0 or number in (errno.EAGAIN, errno.EINTR):
                return None
            raise OSError(number, os.strerror(number))
        lengths = self._halves[_LENGTH : count * _HALVES : _HALVES].tolist()
        controls = self._words[_CONTROL_LENGTH : count * _WORDS : _WORDS].tolist()
        self._headers[: count * _HEADER.size] = self._fresh[: count * _HEADER.size]
        memory = self._payloads
        payloads = [memory[start : start + length] for start, length in zip(self._offsets, lengths)]  # noqa: B905 - fewer lengths
        family = sock.family
        if controls.count(controls[0]) == count:
            return self._columns(family, controls[0], payloads)
        return self._mixed(family, controls, payloads)

    def source(self, key: SourceKey) -> tuple[str, int]:
        """See net.platform.batch.BatchReader."""
        name = bytes(key)  # type: ignore[arg-type] # what read gave
        if len(name) == _NAME_V4.size:
            _, port, address = _NAME_V4.unpack(name)
            return socket.inet_ntop(socket.AF_INET, address), int.from_bytes(port, "big")
        _, port, address, scope = _NAME_V6.unpack(name)
        text = socket.inet_ntop(socket.AF_INET6, address)
        return _scoped(text, scope), int.from_bytes(port, "big")

    def _columns(self, family: int, control: int, payloads: list[bytes], first: int = 0) -> Batch:
        """The datagrams from ``first`` on, whose ancillary data all have the length ``control``."""
        layout = self._layouts.get((family, control)) or self._learn(family, control, first)
        # All at once, then a column each, takes a third less than datagram by datagram.
        values = _unpacker(layout.form, len(payloads)).unpack_from(self._meta, first * _META_STRIDE)
        width, seconds = layout.width, layout.seconds
        return Batch(
            sources=values[::width],
            payloads=payloads,
            seconds=None if seconds is None else values[seconds::width],
            nanoseconds=None if seconds is None else values[seconds + 1 :: width],
            ttls=None if layout.ttl is None else values[layout.ttl :: width],
            interfaces=None if layout.interface is None else values[layout.interface :: width],
            drops=None if layout.drops is None else values[layout.drops :: width],
        )

    def _mixed(self, family: int, controls: Sequence[int], payloads: list[bytes]) -> Batch:
        """Datagrams with different lengths of ancillary data: at the first drop, and never for long."""
        singles = [
            self._columns(family, control, payloads[place : place + 1], place) for place, control in enumerate(controls)
        ]
        return Batch(
            sources=[single.sources[0] for single in singles],
            payloads=payloads,
            seconds=_first_of([single.seconds for single in singles]),
            nanoseconds=_first_of([single.nanoseconds for single in singles]),
            ttls=_first_of([single.ttls for single in singles]),
            interfaces=_first_of([single.interfaces for single in singles]),
            drops=[0 if single.drops is None else single.drops[0] for single in singles],
        )

    def _learn(self, family: int, control: int, place: int) -> Layout:
        begin = place * _META_STRIDE + _NAME_BYTES
        layout = learn(family, bytes(self._meta[begin : begin + control]))
        self._layouts[family, control] = layout
        return layout


def learn(family: int, ancillary: bytes) -> Layout:
    """Find the pieces in the ancillary data of one datagram; cut or foreign ones are passed over."""
    names = {
        (_SOCKET, LINUX.so_timestamp_message): ("seconds", "qq", 16, 0),
        (_SOCKET, LINUX.so_rxq_ovfl): ("drops", "I", 4, 0),
        (_IP, LINUX.ip_pktinfo_message): ("interface", "I", 4, 0),
        (_IPV6, LINUX.ipv6_pktinfo_message): ("interface", "I", 20, 16),
        (_IP, LINUX.ip_ttl_message): ("ttl", "i", 4, 0),
        (_IPV6, LINUX.ipv6_hoplimit_message): ("ttl", "i", 4, 0),
    }
    form, at, places = [f"{_NAMES[family]}s"], _NAMES[family], 1
    found: dict[str, int] = {}
    begin = 0
    while begin + _CMSG.size <= len(ancillary):
        length, level, kind = _CMSG.unpack_from(ancillary, begin)
        if length < _CMSG.size or begin + length > len(ancillary):
            break
        name, fields, least, inside = names.get((level, kind), ("", "", 0, 0))
        if name and name not in found and length - _CMSG.size >= least:
            start = _NAME_BYTES + begin + _CMSG.size + inside
            form += [f"{start - at}x", fields]
            at = start + struct.calcsize(f"={fields}")
            found[name] = places
            places += len(fields)
        begin += (length + _CMSG_ALIGN - 1) & ~(_CMSG_ALIGN - 1)
    form.append(f"{_META_STRIDE - at}x")
    of = found.get
    return Layout("".join(form), places, of("seconds"), of("interface"), of("ttl"), of("drops"))


def _first_of(columns: Sequence[Sequence[int] | None]) -> Sequence[int] | None:
    firsts = [column[0] for column in columns if column is not None]
    return firsts if len(firsts) == len(columns) else None


@cache
def _unpacker(form: str, count: int) -> struct.Struct:
    return struct.Struct("=" + form * count)


def _scoped(text: str, scope: int) -> str:
    if not scope:
        return text
    try:
        return f"{text}%{name_of_index(scope)}"
    except OSError:
        return f"{text}%{scope}"


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.recvmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)
    libc.recvmmsg.restype = ctypes.c_int
    return libc


_readers = threading.local()
