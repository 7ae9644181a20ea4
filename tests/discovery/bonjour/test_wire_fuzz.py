"""The decoder and what reads after it on damaged messages: nothing raises; LANSCOUT_FUZZ says on how many."""

from __future__ import annotations

import os
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from discovery.bonjour.dissect import Field, dissect
from discovery.bonjour.names import LONGEST_LABEL, LONGEST_NAME, name_text, parse_name, written_length
from discovery.bonjour.rdata import Absence, Opaque, Pointer, Server, rdata_text
from discovery.bonjour.wire import TYPED, Message, Question, ResourceRecord, decode
from resources.loader import lint_rules
from tests.discovery.bonjour.messages import Generator

FUZZED = int(os.environ.get("LANSCOUT_FUZZ", "3000"))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_raising(payload: bytes) -> None:
    _read_everything(payload)
    _read_everything(bytes(4) + b"\0\1\0\1\0\1\0\1" + payload)


def test_damaged_messages_are_read_without_raising() -> None:
    generator = Generator(3)
    for _ in range(FUZZED):
        _read_everything(generator.damaged())


def _read_everything(payload: bytes) -> None:
    """Decode, lay out and write as text; every place is true, and every flaw has a rule."""
    message = decode(payload)
    _places_are_true(message, len(payload))
    names = [question.name for question in message.questions]
    for record in message.records():
        rdata_text(record.rdata)
        names.append(record.name)
        match record.rdata:
            case Pointer(name) | Server(target=name) | Absence(next=name):
                names.append(name)
    for name in names:
        assert all(1 <= len(label) <= LONGEST_LABEL for label in name)
        assert written_length(name) <= LONGEST_NAME
        assert parse_name(name_text(name)) == name
    flawed = sum(record.type in TYPED and isinstance(record.rdata, Opaque) for record in message.records())
    assert flawed <= len(message.flaws) <= flawed + 1
    assert {flaw.code for flaw in message.flaws} <= lint_rules().keys()
    tree = dissect(payload)
    for parent, child in _pairs(tree):
        assert parent.start <= child.start <= child.end <= parent.end
    assert sum(field.flaw is not None and not field.children for _, field in _pairs(tree)) == len(message.flaws)


def _places_are_true(message: Message, size: int) -> None:
    at = 12
    parts: tuple[Question | ResourceRecord, ...] = (*message.questions, *message.records())
    for part in parts:
        assert part.start == at
        at = part.end
    assert at <= max(size, 12)
    for flaw in message.flaws:
        assert 0 <= flaw.start <= flaw.end <= size


def _pairs(field: Field) -> Iterator[tuple[Field, Field]]:
    for child in field.children:
        yield field, child
        yield from _pairs(child)
