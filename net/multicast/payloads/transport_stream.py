"""MPEG transport streams: packets of 188 bytes, several a datagram (ISO/IEC 13818-1 section 2.4.3)."""

from __future__ import annotations

from net.multicast.payloads.format import Format, Reading

SYNC = 0x47
CELL = 188


def is_transport_stream(payload: bytes) -> bool:
    """Whether the payload is made of cells of 188 bytes that begin with the sync byte."""
    return not len(payload) % CELL and payload[::CELL].strip(b"G") == b"" and len(payload) > 0


def _read_many(payload: bytes) -> Reading | None:
    return (0, 0, None) if len(payload) >= 4 * CELL and is_transport_stream(payload) else None


def _read_few(payload: bytes) -> Reading | None:
    return (0, 0, None) if len(payload) < 4 * CELL and is_transport_stream(payload) else None


# Four sync bytes in their places are proof enough; of fewer a datagram, five datagrams in a row are asked for.
FORMAT = Format("MPEG-TS", _read_many, b"G", counts_cells=True)
SHORT = Format("MPEG-TS", _read_few, b"G", proof=5, counts_cells=True)
