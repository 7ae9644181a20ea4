"""The payload of a test packet: it names the run it belongs to and the interface it was sent by."""

from __future__ import annotations

from typing import NamedTuple

UNBOUND = 0
"""The index in packets that chose no interface: no interface has it."""
_MAGIC = b"lanscout-test "
_RUN_END = len(_MAGIC) + 16
_INDEX_END = _RUN_END + 1 + 10
_NUMBER_END = _INDEX_END + 1 + 4


class Tag(NamedTuple):
    """What a test packet says: the run (64 bits), the index of the sending interface or UNBOUND, and its number."""

    run: int
    interface: int
    number: int


def tagged_payload(tag: Tag, name: str) -> bytes:
    """``lanscout-test RUN INDEX NUMBER NAME``; the name is for people who see it on another host."""
    return _MAGIC + b"%016x %010d %04d " % tag + name.encode("utf-8", "surrogateescape")


def read_tag(payload: bytes) -> Tag | None:
    """The tag of a payload made by ``tagged_payload``, None for anything else."""
    run = payload[len(_MAGIC) : _RUN_END]
    index = payload[_RUN_END + 1 : _INDEX_END]
    number = payload[_INDEX_END + 1 : _NUMBER_END]
    if not payload.startswith(_MAGIC) or len(number) < 4 or not (index.isdigit() and number.isdigit()):
        return None
    try:
        # int() would also take signs, spaces and underscores.
        return Tag(int.from_bytes(bytes.fromhex(run.decode("ascii"))), int(index), int(number))
    except ValueError:
        return None
