from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from discovery.records import HeardRecord
from resources.loader import service_types
from tests.ui.pages.bonjour.scene import service
from ui.pages.bonjour.txt import TxtText, read_txt, value_text
from ui.pages.bonjour.txt_details import describe_txt
from ui.widgets.details_form import Section


def heard(*strings: bytes, cut: bytes = b"") -> HeardRecord:
    data = b"".join(bytes((len(string),)) + string for string in strings) + cut
    return HeardRecord(name="x._http._tcp.local.", type="TXT", data="", data_hex=data.hex())


def read(*strings: bytes, cut: bytes = b"") -> TxtText:
    return read_txt(service("x"), heard(*strings, cut=cut))


def hints(*strings: bytes) -> list[str]:
    return [" ".join(entry.hints) for entry in read(*strings).entries]


def section(kind: str, *strings: bytes, as_hex: bool = False) -> Section:
    return describe_txt(service("x", kind), service_types().get(kind), heard(*strings), as_hex=as_hex)


def test_the_strings_stand_in_their_order_with_what_the_rules_would_leave_out(qapp: QApplication) -> None:
    txt = read(b"a=1", b"flag", b"A=2", b"=lost", b"empty=")
    assert [(entry.name, entry.value) for entry in txt.entries] == [
        ("a", b"1"), ("flag", None), ("A", b"2"), ("", b"lost"), ("empty", b""),
    ]  # fmt: skip
    assert txt.size == 26


def test_each_rule_that_is_broken_is_named(qapp: QApplication) -> None:
    assert hints(b"ok=1", b"exactly9=") == ["", ""]
    assert "only the first counts" in hints(b"a=1", b"A=2")[1]
    assert "no key before the =" in hints(b"=x")[0]
    assert "key of 10 characters" in hints(b"abcdefghij=1")[0]
    assert "not printable ASCII" in hints("schlüssel=1".encode())[0]
    assert "RFC 6763 section 6.4" in hints(b"abcdefghij")[0]
    assert "cut off" in read(b"a=1", cut=b"\x09ab").hints[0]
    assert "over 1300 bytes" in read(*[b"k=" + b"v" * 200] * 7).hints[0]
    assert read(b"a=1").hints == ()


def test_without_the_record_what_the_service_says_is_shown(qapp: QApplication) -> None:
    txt = read_txt(service("x", txt={"a": "1", "raw": "hex:00ff", "flag": None, "no": "hex:nonsense"}), None)
    assert [(entry.name, entry.value) for entry in txt.entries] == [
        ("a", b"1"), ("raw", b"\x00\xff"), ("flag", None), ("no", b"hex:nonsense"),
    ]  # fmt: skip
    assert txt.size is None


def test_values_are_shown_as_text_or_as_hex(qapp: QApplication) -> None:
    assert value_text(b"abc", as_hex=False) == "abc"
    assert value_text(b"abc", as_hex=True) == "61 62 63"
    assert value_text(b"\xff\x00", as_hex=False) == "hex ff 00"
    assert (value_text(None, as_hex=True), value_text(b"", as_hex=True)) == ("(no value)", "(empty)")


def test_known_keys_are_decoded_and_hostile_values_stay_on_one_line(qapp: QApplication) -> None:
    found = {
        fact.label: fact for fact in section("_hap._tcp", b"ci=5", b"sf=1", b"md=\xff", b"id=a\nb\xe2\x80\xae").facts
    }
    assert found["ci"].note == "category: light bulb"
    assert found["sf"].note == "status: not paired yet"
    assert found["md"].value == "hex ff"
    assert "\n" not in found["id"].value
    assert "\u202e" not in found["id"].value
    assert section("_hap._tcp", b"ci=5", as_hex=True).facts[0].value == "35"
    assert section("_hap._tcp", b"ci=5").title == "TXT · 1 key · 5 bytes"
    assert "empty or not heard" in section("_hap._tcp").text


def test_a_broken_rule_stands_under_its_key_and_under_the_record(qapp: QApplication) -> None:
    shown = describe_txt(service("x"), None, heard(b"abcdefghij=1", cut=b"\x05x"), as_hex=False)
    assert shown.facts[0].note.startswith("! key of 10 characters")
    assert shown.facts[-1].label == "!"


@given(st.binary(max_size=600))
def test_any_bytes_are_read(data: bytes) -> None:
    record = HeardRecord(name="x.", type="TXT", data="", data_hex=data.hex())
    describe_txt(service("x"), None, record, as_hex=False)
