from __future__ import annotations

from time import monotonic
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from discovery.records import Claimant, Service
from tests.ui.pages.bonjour.scene import SERVICES, service
from ui.pages.bonjour import columns as module
from ui.pages.bonjour.columns import FIELDS, ago, columns, endpoint, sign, state_detail, state_line, with_port, words
from ui.pages.bonjour.rows import Mark, ServiceRow, State, TypeRow, head_of, new_row
from ui.theme import Tone
from ui.widgets.columns import Cell

PRINTER = SERVICES[2]
HOSTILE = "evil\u202egnp.exe\n<b>bold</b><img src=x>"


def row(record: Service = PRINTER, **more: Any) -> ServiceRow:
    from dataclasses import replace as with_fields

    return with_fields(new_row(record, 0.0), **more)


def cell(key: str, line: ServiceRow | TypeRow) -> Cell:
    return next(column for column in columns() if column.key == key).cell(line)


def test_a_service_is_its_name_over_host_and_port(qapp: QApplication) -> None:
    shown = cell("name", row())
    assert (shown.text, shown.detail) == ("Drucker im Flur", "printer.local:631")
    assert shown.plain == "Drucker im Flur · printer.local:631 · Printer (IPP) · _ipp._tcp"


def test_another_host_of_the_same_name_is_told_in_the_row_and_found(qapp: QApplication) -> None:
    also = (Claimant(host="printb\u202e.local.", port=9999, interfaces=("en5",)),)
    shown = row(replace(PRINTER, also=also))
    assert cell("name", shown).detail == "printer.local:631 · also printb⟨U+202E⟩.local:9999 on en5"
    assert "printb" in FIELDS["host"](shown)
    assert "9999 on en5" in words(shown)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"host": None, "port": None}, "no host and port heard yet"),
        ({"port": 0}, "beta.local · a name only, no port"),
        ({"port": 65535}, "beta.local:65535"),
    ],
)
def test_what_is_not_known_of_the_endpoint_is_said(qapp: QApplication, more: dict[str, Any], said: str) -> None:
    assert endpoint(service("x", **more)) == said


def test_addresses_are_ipv4_first_then_ipv6_then_a_count(qapp: QApplication) -> None:
    shown = cell("address", row())
    assert (shown.text, shown.detail) == ("192.168.1.40", "fd66:1::40  +1")
    assert shown.tip.splitlines() == list(PRINTER.addresses)
    six = cell("address", row(replace(PRINTER, addresses=("fd66:1::40", "fe80::1%en0"))))
    assert (six.text, six.detail) == ("fd66:1::40", "fe80::1%en0")
    two = cell("address", row(replace(PRINTER, addresses=("10.0.0.1", "10.0.0.2"))))
    assert (two.text, two.detail) == ("10.0.0.1", "10.0.0.2")
    assert cell("address", row(replace(PRINTER, addresses=()))).plain == "no address heard yet"


def test_where_it_was_heard_are_chips(qapp: QApplication) -> None:
    chips = cell("interface", row(SERVICES[4])).chips
    assert [chip.text for chip in chips] == ["en0", "en5"]


def test_txt_is_summed_up_with_its_version_last(qapp: QApplication) -> None:
    shown = cell("txt", row())
    assert shown.text.startswith("rp=ipp/print  ty=Laser 3000  note=Zweiter Stock")
    assert shown.text.endswith("txtvers=1")
    assert shown.detail == "7 keys"
    flags = service("x", txt={"flag": None, "empty": "", "raw": "hex:00ff"})
    assert cell("txt", row(flags)).text == "flag  empty=  raw=hex 00 ff"
    assert cell("txt", row(service("x", txt={}))).plain == "no TXT"


@pytest.mark.parametrize(
    ("more", "glyph", "line", "detail"),
    [
        ({"first": -60.0}, "", "alive", "for 1 min"),
        ({"mark": Mark.NEW}, "+", "+ new", "just now"),
        ({"mark": Mark.BACK, "first": -60.0}, "+", "+ back", "for 1 min"),
        ({"mark": Mark.CHANGED, "changes": ("port", "txt:note")}, "~", "~ changed", "port, TXT note"),
        ({"mark": Mark.CHANGED, "changes": ("port", "host", "txt:a", "txt:b")}, "~", "~ changed", "port, host, +2"),
        ({"state": State.ASKED}, "", "asking again", "just now"),
        ({"state": State.GONE, "since": -42.0}, "−", "gone 0:42 ago", "withdrawn or expired"),
        ({"state": State.GONE, "since": -242.0, "ended": "unanswered"}, "−", "gone 4:02 ago", "nobody answered"),
    ],
)
def test_how_it_stands_is_a_glyph_and_a_word(
    qapp: QApplication, more: dict[str, Any], glyph: str, line: str, detail: str
) -> None:
    shown = row(**more)
    assert sign(shown)[0] == glyph
    assert (state_line(shown, 0.0), state_detail(shown, 0.0)) == (line, detail)


def test_what_is_gone_is_dim_in_every_column(qapp: QApplication) -> None:
    gone = row(state=State.GONE)
    assert all(cell(key, gone).dim for key in ("name", "address", "txt", "state"))
    assert all(chip.tone is Tone.NEUTRAL for chip in cell("interface", gone).chips)
    assert not any(cell(key, row()).dim for key in ("name", "address", "txt", "state"))


def test_a_head_is_its_label_over_its_type_with_counts(qapp: QApplication) -> None:
    shown = cell("name", TypeRow(head_of("_ipp._tcp"), alive=1234, gone=2))
    assert (shown.text, shown.detail) == ("Printer (IPP)", "_ipp._tcp")
    assert [chip.text for chip in shown.chips] == ["1,234 services", "2 gone"]
    assert shown.plain == "Printer (IPP), _ipp._tcp, 1,234 services, 2 gone"
    unknown = cell("name", TypeRow(head_of("_nobody-knows._tcp"), alive=1, closed=True))
    assert (unknown.text, unknown.detail) == ("_nobody-knows._tcp", "a type this program has no name for")
    assert unknown.plain.endswith("1 service, closed")
    waiting = cell("name", TypeRow(head_of("_ipp._tcp")))
    assert [chip.text for chip in waiting.chips] == ["listed, nothing has answered yet"]
    assert waiting.dim
    assert all(cell(key, TypeRow(head_of("_ipp._tcp"))) == Cell() for key in ("address", "interface", "txt", "state"))


def test_hostile_text_is_visible_plain_and_short_in_every_cell(qapp: QApplication) -> None:
    hostile = replace(
        PRINTER, name=HOSTILE * 50, host=HOSTILE + ".local.", type="_ipp._tcp",
        txt={HOSTILE: HOSTILE * 200, "k": "x" * 10_000},
    )  # fmt: skip
    for key in ("name", "address", "interface", "txt", "state"):
        shown = cell(key, row(hostile))
        for text in (shown.text, shown.detail, shown.tip, shown.plain, *(chip.text for chip in shown.chips)):
            assert text.isprintable() or "\n" in shown.tip
            assert "\u202e" not in text
            assert len(text) < 600
    assert "⟨U+202E⟩" in cell("name", row(hostile)).text
    assert "<b>" in cell("name", row(hostile)).text


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "Drucker im Flur"),
        ("type", "_ipp._tcp Printer (IPP) _print _universal"),
        ("host", "printer.local."),
        ("port", "631"),
        ("address", "192.168.1.40 fd66:1::40 fe80::ba27:ebff:fe12:3456%en0"),
        ("interface", "en0"),
        ("state", "alive new"),
    ],
)
def test_fields_of_the_filter(field: str, text: str) -> None:
    assert FIELDS[field](row(mark=Mark.NEW)) == text


def test_the_filter_finds_all_of_a_long_txt() -> None:
    long = service("x", txt={f"key{number}": "y" * 100 for number in range(90)})
    assert "key89" in words(row(long))
    assert "key89" in FIELDS["txt"](row(long))


def test_sorting_puts_numbers_in_their_order() -> None:
    order = next(column for column in columns() if column.key == "address").sort
    assert order is not None
    lines = [row(service(name, addresses=(name,))) for name in ("10.0.0.9", "10.0.0.10", "fe80::1%en0", "nonsense")]
    assert sorted(lines, key=order) == lines  # type: ignore[arg-type]


def test_small_formats() -> None:
    assert [ago(0.5), ago(59.9), ago(61), ago(299)] == ["0:00", "0:59", "1:01", "4:59"]
    assert with_port("fd66::1", 80) == "[fd66::1]:80"
    assert with_port("10.0.0.1", 80) == "10.0.0.1:80"
    assert with_port("10.0.0.1", 0) == "10.0.0.1"


def test_ages_come_from_the_monotonic_clock(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = monotonic()
    monkeypatch.setattr(module, "monotonic", lambda: begin + 125)
    assert cell("state", row(first=begin)).detail == "for 2 min"
