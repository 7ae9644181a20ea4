"""The system calls the lab needs and Python 3.11 has no name for: namespaces and tun devices."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

# linux/sched.h
CLONE_NEWNS = 0x0002_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWNET = 0x4000_0000
# linux/if_tun.h
TUNSETIFF = 0x4004_54CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
# linux/sockios.h, linux/if.h
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
# linux/mount.h
MS_PRIVATE_RECURSIVE = 0x4_4000
MS_BIND_RECURSIVE = 0x5000
MS_MOVE = 0x2000

NETNS_FOLDER = Path("/run/netns")
THIS_THREAD = Path("/proc/thread-self/ns/net")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _raise_errno(what: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Give this process namespaces of its own (unshare(2)); a user namespace needs a process of one thread."""
    if _libc().unshare(flags) != 0:
        _raise_errno("unshare")


def mount(source: str, target: str, kind: str, flags: int = 0) -> None:
    """mount(2) without data."""
    if _libc().mount(source.encode(), target.encode(), kind.encode(), flags, None) != 0:
        _raise_errno(f"mount {target}")


def enter_namespace(path: Path) -> None:
    """Move the calling thread into the network namespace that ``path`` names (setns(2))."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc().setns(descriptor, CLONE_NEWNET) != 0:
            _raise_errno(f"setns {path}")
    finally:
        os.close(descriptor)


@contextmanager
def inside_namespace(path: Path) -> Iterator[None]:
    """The calling thread is in the network namespace ``path`` for the block; sockets opened there stay there."""
    home = os.open(THIS_THREAD, os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter_namespace(path)
        try:
            yield
        finally:
            if _libc().setns(home, CLONE_NEWNET) != 0:
                _raise_errno("setns back")
    finally:
        os.close(home)


def open_tun(name: str) -> int:
    """Make the tun device ``name`` in the calling thread's namespace; it exists while the returned descriptor is open.

    Frames are IP packets without a header in front (IFF_NO_PI). Raises OSError.
    """
    from fcntl import ioctl

    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def set_loopback_up() -> None:
    """Bring lo up in the calling thread's namespace (netdevice(7))."""
    from fcntl import ioctl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", IFF_UP))
