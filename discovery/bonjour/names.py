"""DNS names as label bytes, and how they are written for people (RFC 1035 section 5.1, RFC 6763 section 4.3)."""

from __future__ import annotations

from typing import Final

Labels = tuple[bytes, ...]
"""The labels of a name, outermost first and without the empty root label: a dot inside a label stays a part of it."""

LONGEST_LABEL: Final = 63
LONGEST_NAME: Final = 255
"""Bytes of a name as written in a packet, with its length bytes and the root label (RFC 1035 section 3.1)."""
LOCAL: Final[Labels] = (b"local",)
META_QUERY: Final[Labels] = (b"_services", b"_dns-sd", b"_udp", b"local")

_ESCAPED: Final = {
    ord("."): "\\.",
    ord("\\"): "\\\\",
    **{code: f"\\{code:03d}" for code in (*range(0x20), 0x7F)},
    **{0xDC00 + byte: f"\\{byte:03d}" for byte in range(0x80, 0x100)},  # PEP 383: a byte that was no UTF-8
}


def name_text(labels: Labels) -> str:
    """``(b"a.b", b"local")`` as ``a\\.b.local.``; bytes that are no UTF-8 and control characters become ``\\ddd``."""
    return "".join(label_text(label) + "." for label in labels) or "."


def label_text(label: bytes) -> str:
    """One label, escaped as in ``name_text``."""
    try:
        text = label.decode()
    except UnicodeDecodeError:
        text = label.decode("utf-8", "surrogateescape")
    if text.isalnum():
        return text
    return text.translate(_ESCAPED)


def parse_name(text: str) -> Labels:
    """The labels of ``text``, written as by ``name_text``; the last dot may be left out.

    Raises ValueError where a label is empty or over 63 bytes, an escape is unfinished or the name over 255 bytes.
    """
    if text == ".":
        return ()
    labels: list[bytes] = []
    label = bytearray()
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "\\":
            escape = text[at : at + 3]
            if len(escape) == 3 and escape.isascii() and escape.isdecimal() and int(escape) <= 255:
                label.append(int(escape))
                at += 3
            elif escape:
                label += escape[0].encode("utf-8", "surrogateescape")
                at += 1
            else:
                message = "a backslash ends the name"
                raise ValueError(message)
        elif character == ".":
            labels.append(_checked(label))
            label = bytearray()
        else:
            label += character.encode("utf-8", "surrogateescape")
    if label:
        labels.append(_checked(label))
    if written_length(tuple(labels)) > LONGEST_NAME:
        message = f"a name has at most {LONGEST_NAME} bytes"
        raise ValueError(message)
    return tuple(labels)


def folded(labels: Labels) -> Labels:
    """The name by which two names are compared: case counts not, but only in ASCII (RFC 6762 section 16)."""
    return tuple([label.lower() for label in labels])


def written_length(labels: Labels) -> int:
    """Bytes of the name in a packet without compression."""
    return sum(map(len, labels)) + len(labels) + 1


def _checked(label: bytearray) -> bytes:
    if not 1 <= len(label) <= LONGEST_LABEL:
        message = f"a label has 1 to {LONGEST_LABEL} bytes"
        raise ValueError(message)
    return bytes(label)
