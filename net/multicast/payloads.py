"""The numbered payload this program sends, and how a numbered payload is recognised."""

from __future__ import annotations

from typing import NamedTuple

NUMBERED = "lanscout"
_MAGIC = b"lanscout "
_RUN_END = len(_MAGIC) + 8
_SEQUENCE_END = _RUN_END + 1 + 10
NUMBERED_BYTES = _SEQUENCE_END + 1 + 16
"""The shortest: ``lanscout RRRRRRRR NNNNNNNNNN TTTTTTTTTTTTTTTT`` - run (hex), number, microseconds (decimal)."""


class Numbered(NamedTuple):
    """What a numbered payload says: by which format, in which run of the sender, the number, and when it was sent."""

    format: str
    run: bytes
    number: int
    sent: float


def numbered_payload(run: int, number: int, sent: float, size: int) -> bytes:
    """The payload ``number`` of a run, padded with dots to ``size`` bytes (at least NUMBERED_BYTES)."""
    return (b"lanscout %08x %010d %016d" % (run, number, int(sent * 1e6))).ljust(size, b".")


def recognise(payload: bytes) -> Numbered | None:
    """Read a payload of ``numbered_payload``; None for any other, and for one that is cut or altered."""
    if not payload.startswith(_MAGIC) or len(payload) < NUMBERED_BYTES:
        return None
    number = payload[_RUN_END + 1 : _SEQUENCE_END]
    sent = payload[_SEQUENCE_END + 1 : NUMBERED_BYTES]
    if not (number.isdigit() and sent.isdigit()):
        return None
    return Numbered(NUMBERED, payload[len(_MAGIC) : _RUN_END], int(number), int(sent) / 1e6)
