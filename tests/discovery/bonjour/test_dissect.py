"""Tests of discovery.bonjour.dissect: every field at its bytes, every flaw at its field."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from discovery.bonjour.dissect import MOST_PARTS, Field, dissect
from discovery.bonjour.wire import decode
from tests.discovery.bonjour.test_wire import A_RECORD, ANSWER, QUESTION, message, record


def walk(field: Field) -> Iterator[Field]:
    yield field
    for child in field.children:
        yield from walk(child)


def at(tree: Field, *labels: str) -> Field:
    """The field under these labels."""
    for label in labels:
        tree = next(child for child in tree.children if child.label == label)
    return tree


def test_the_header_tells_each_flag() -> None:
    flags = at(dissect(ANSWER), "Header", "Flags")
    assert (flags.value, flags.start, flags.end) == ("0x8400", 2, 4)
    assert [(bit.label, bit.value) for bit in flags.children if bit.value == "set"] == [
        ("Response", "set"),
        ("Authoritative", "set"),
    ]
    assert at(flags, "Response code").value == "0 (no error)"


def test_sections_that_are_empty_have_no_field() -> None:
    assert [child.label for child in dissect(ANSWER).children] == ["Header", "Answers", "Authorities", "Additionals"]


def test_a_question_tells_who_shall_answer_whom() -> None:
    question = at(dissect(message(1, rest=QUESTION)), "Questions", "Question")
    assert question.value == "PTR _http._tcp.local. (QU)"
    assert [(field.label, field.value, field.start, field.end) for field in question.children] == [
        ("Name", "_http._tcp.local.", 12, 30),
        ("Type", "PTR (12)", 30, 32),
        ("Class", "1 (IN)", 32, 34),
        ("Answer wanted by", "unicast", 32, 33),
    ]


def test_a_record_tells_all_of_itself_with_its_bytes() -> None:
    srv = at(dissect(ANSWER), "Additionals", "SRV")
    assert (srv.value, srv.start, srv.end) == ("Web\\.1._http._tcp.local. 0 0 80 gamma.local.", 69, 95)
    assert [(field.label, field.value, field.start, field.end) for field in srv.children] == [
        ("Name", "Web\\.1._http._tcp.local.", 69, 71),
        ("Type", "SRV (33)", 71, 73),
        ("Class", "1 (IN)", 73, 75),
        ("Cache flush", "set", 73, 74),
        ("TTL", "120 s", 75, 79),
        ("Data length", "14 bytes", 79, 81),
        ("Data", "0 0 80 gamma.local.", 81, 95),
    ]
    assert [(field.label, field.value, field.start, field.end) for field in at(srv, "Data").children] == [
        ("Priority", "0", 81, 83),
        ("Weight", "0", 83, 85),
        ("Port", "80", 85, 87),
        ("Target", "gamma.local.", 87, 95),
    ]


def test_a_name_tells_its_labels_and_where_its_pointer_leads() -> None:
    target = at(dissect(ANSWER), "Additionals", "SRV", "Data", "Target")
    assert [(field.label, field.value, field.start, field.end) for field in target.children] == [
        ("Label", "gamma", 87, 93),
        ("Pointer", "to byte 23", 93, 95),
    ]


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (("Answers", "PTR", "Data", "Target"), ("Web\\.1._http._tcp.local.", 40, 48)),
        (("Authorities", "NSEC", "Data", "Types that exist"), ("TXT SRV", 62, 69)),
        (("Additionals", "TXT", "Data", "String"), ("path=/", 107, 114)),
        (("Additionals", "A", "Data", "Address"), ("192.168.1.1", 128, 132)),
    ],
)
def test_data_are_laid_out_by_type(labels: tuple[str, ...], told: tuple[str, int, int]) -> None:
    field = at(dissect(ANSWER), *labels)
    assert (field.value, field.start, field.end) == told


def test_edns_is_laid_out_as_such() -> None:
    opt = at(
        dissect(message(additionals=1, rest=record(41, b"\0\4\0\2ab", b"\0", 0x01008000, 1440))), "Additionals", "OPT"
    )
    told = {field.label: field.value for field in opt.children}
    assert (told["UDP payload size"], told["Extended response code"], told["EDNS flags"]) == (
        "1,440 bytes",
        "1",
        "0x8000",
    )
    assert at(opt, "Data", "Option 4 (owner)").value == "6162"


def test_a_goodbye_is_called_one() -> None:
    assert at(dissect(message(0, 1, rest=record(1, bytes(4), ttl=0))), "Answers", "A", "TTL").value == "0 s (goodbye)"


def test_a_flaw_is_marked_at_the_record_that_has_it() -> None:
    tree = dissect(message(0, 3, rest=A_RECORD + record(1, bytes(3)) + A_RECORD))
    answers = at(tree, "Answers").children
    assert [answer.flaw for answer in answers] == [None, "rdata_size", None]
    assert at(answers[1], "Data").flaw == "rdata_size"


def test_what_could_not_be_read_is_told_last_with_its_bytes() -> None:
    payload = message(0, 2, rest=A_RECORD + A_RECORD[:-2])
    tree = dissect(payload)
    assert at(tree, "Answers").value == "1 of 2 could be read"
    last = tree.children[-1]
    assert (last.label, last.flaw, last.start, last.end) == ("Could not be read", "record_cut", 29, len(payload))


def test_no_header_is_no_reason_to_raise() -> None:
    assert [child.flaw for child in dissect(b"abc").children] == ["header_cut"]


def test_every_field_of_a_section_that_is_too_long_is_counted() -> None:
    count = MOST_PARTS + 234
    questions = at(dissect(message(count, rest=b"\1a\0\0\1\0\1" * count)), "Questions")
    assert len(questions.children) == MOST_PARTS + 1
    assert questions.children[-1].value == "234 not laid out"
    assert questions.children[-1].end == questions.end


def test_strings_options_and_types_without_end_are_cut_and_counted() -> None:
    more = 500
    windows = b"".join(bytes((window, 32)) + b"\xff" * 32 for window in range(256))
    many = record(16, bytes(MOST_PARTS + more)), record(41, b"\0\x0c\0\0" * (MOST_PARTS + more))
    for each in many:
        (answer,) = at(dissect(message(0, 1, rest=each)), "Answers").children
        data = at(answer, "Data")
        assert len(data.children) == MOST_PARTS + 1
        assert (data.children[-1].value, data.children[-1].end) == (f"{more} not laid out", data.end)
    for each in (record(41, b"\0\x0c\x20\0" + bytes(0x2000)), record(47, b"\xc0\x0c" + windows)):
        tree = dissect(message(0, 1, rest=each))
        assert len(at(tree, "Answers").children) == 1
        assert max(len(field.value) for field in walk(tree)) < 2000


def test_hostile_text_is_made_visible() -> None:
    name = b"\x0b" + "\u202e".encode() + b"<b>\n\x1b[2J"[:8] + b"\0"
    payload = message(0, 1, rest=record(16, b"\4\x1b[2J", name))
    assert decode(payload).flaws == ()
    assert not [field for field in walk(dissect(payload)) if {"\u202e", "\x1b", "\n"} & set(field.value)]


def test_it_may_be_imported_by_the_window() -> None:
    words = (
        "import sys, discovery.bonjour.dissect; print({'zeroconf', 'psutil', 'asyncio', 'socket'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True)
    assert told.stdout == "set()\n"
