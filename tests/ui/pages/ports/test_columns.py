from __future__ import annotations

import random

import msgspec
import pytest
from pytestqt.modeltest import ModelTester

from net.ports.records import Listener
from tests.ui.pages.ports.scene import CONTROL_CENTER, LISTENERS, NODE, ROOT, listener
from ui.pages.ports.columns import (
    FIELDS,
    ListenerRow,
    Mark,
    columns,
    mark_chip,
    missing_words,
    natural,
    owner_words,
    scope_words,
    stack_words,
    words,
)
from ui.theme import Tone
from ui.widgets.columns import Cell
from ui.widgets.table_model import KeyedTableModel

pytestmark = pytest.mark.usefixtures("qapp")


def cells(shown: Listener, mark: Mark = Mark.NONE, *, vpn: bool = False) -> dict[str, Cell]:
    return {column.key: column.cell(ListenerRow(shown, mark, vpn)) for column in columns()}


def test_a_row_says_everything_about_a_socket() -> None:
    shown = cells(CONTROL_CENTER)
    assert (shown["port"].text, shown["port"].detail) == ("5000", "commplex-main?")
    assert (shown["protocol"].text, [chip.text for chip in shown["protocol"].chips]) == ("TCP", ["dual"])
    assert (shown["address"].text, [chip.text for chip in shown["address"].chips]) == ("::", ["everywhere"])
    assert shown["process"].text == "ControlCenter"
    assert shown["process"].detail.endswith("MacOS/ControlCenter")
    assert (shown["pid"].text, shown["user"].text) == ("431", "mia")
    assert [(chip.text, chip.tone) for chip in shown["state"].chips] == [("known conflict", Tone.WARNING)]
    assert "AirPlay Receiver" in shown["state"].tip


def test_that_an_owner_is_another_users_is_no_conflict() -> None:
    foreign = listener(22, None, None, known="Port 22 belongs to another user.")
    assert cells(foreign)["state"].chips == ()
    assert "known conflict" not in words(ListenerRow(foreign))
    kernel = listener(51820, None, None, known="The kernel's WireGuard.", missing_right="none: no process holds it")
    assert [chip.text for chip in cells(kernel)["state"].chips] == ["known conflict"]


def test_scope_is_said_in_words() -> None:
    assert scope_words(ListenerRow(NODE)) == "this computer"
    assert scope_words(ListenerRow(listener(1, "a", 1, "192.168.1.23"))) == "LAN en0"
    assert scope_words(ListenerRow(listener(1, "a", 1, "10.8.0.2", interface="utun3"), vpn=True)) == "VPN utun3"
    assert scope_words(ListenerRow(listener(1, "a", 1, "10.9.9.9", interface=None))) == "one address"


def test_stack_is_said_in_words() -> None:
    assert stack_words(NODE) == "v4"
    assert stack_words(CONTROL_CENTER) == "dual"
    assert stack_words(listener(1, "a", 1, "::1")) == "v6"
    assert stack_words(listener(1, "a", 1, "::", stack="v6", v6only=True)) == "v6 only"


@pytest.mark.parametrize(
    ("right", "short"),
    [
        (ROOT, "root"),
        ("the capability CAP_SYS_PTRACE, to read which files other users' processes have open", "CAP_SYS_PTRACE"),
        ("administrator: Windows names no process for this socket", "administrator"),
        ("none: no process seen from here holds it, but the kernel, or a process outside this container", ""),
        (None, ""),
    ],
)
def test_the_missing_right_is_named_shortly_and_told_in_full(right: str | None, short: str) -> None:
    hidden = listener(22, None, None, missing_right=right)
    assert missing_words(hidden) == short
    said = f"hidden: needs {short}" if short else "hidden: not seen from here"
    assert owner_words(hidden) == said
    assert (right or "") in cells(hidden)["process"].tip


def test_a_probable_owner_is_called_so_and_a_proved_one_is_not() -> None:
    assert owner_words(NODE) == "node"
    probable = listener(1, "node", 1, owner="probable", missing_right=ROOT)
    assert owner_words(probable) == "node · probable"
    assert ROOT in cells(probable)["process"].tip


def test_a_hidden_owner_shows_unit_or_container_where_the_command_would_be() -> None:
    assert cells(listener(1, None, None, service="cups.service"))["process"].detail == "cups.service"
    assert cells(listener(1, None, None, container="web-1"))["process"].detail == "container web-1"


def test_marks_have_glyph_and_word_and_a_closed_row_is_dimmed() -> None:
    found = [mark_chip(mark) for mark in (Mark.NEW, Mark.CHANGED, Mark.CLOSED)]
    assert [chip.text for chip in found if chip is not None] == ["+ new", "~ changed", "− closed"]
    closed = cells(NODE, Mark.CLOSED)
    assert all(cell.dim for key, cell in closed.items() if key != "state")
    assert closed["state"].chips[0].text == "− closed"
    assert not any(cell.dim for cell in cells(NODE).values())


def test_one_ports_sockets_stand_together_by_protocol_and_address() -> None:
    addresses = ("0.0.0.0", "127.0.0.1", "192.168.1.9", "192.168.1.23", "::", "::1", "fe80::1%en0")
    ordered = [listener(443, "a", 9, address) for address in addresses]
    rows = [listener(80, "a", 9), *ordered, listener(443, "a", 9, protocol="udp"), listener(1000, "a", 9)]
    shuffled = random.Random(5).sample(rows, len(rows))
    assert sorted(shuffled, key=lambda each: natural(ListenerRow(each))) == rows


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("proc", "vite", 1), ("proc", "controlcenter", 2), ("proc", "shop-web-1", 1), ("proto", "udp", 2),
        ("proto", "dual", 5), ("scope", "this computer", 5), ("scope", "everywhere", 7), ("scope", "lan en0", 1),
        ("state", "hidden", 3), ("state", "probable", 1), ("state", "known", 7), ("state", "bound", 2),
    ],
)  # fmt: skip
def test_every_field_of_the_filter_finds_its_rows(field: str, value: str, found: int) -> None:
    assert sum(value in FIELDS[field](ListenerRow(each)).casefold() for each in LISTENERS) == found


def test_a_pid_is_found_among_the_workers_too() -> None:
    assert FIELDS["pid"](ListenerRow(LISTENERS[8])).split() == ["812", "815", "816"]


def test_the_filter_searches_what_the_cells_show() -> None:
    row = ListenerRow(CONTROL_CENTER, Mark.NEW)
    haystack = words(row).casefold()
    for text in ("5000", "commplex-main", "tcp", "dual", "everywhere", "controlcenter", "431", "mia", "new", "known"):
        assert text in haystack


def test_hostile_names_are_visible_and_commands_are_cut() -> None:
    hostile = msgspec.structs.replace(
        NODE, process="a\u202e<b>\n", command="x\x1b[31m" + "y" * 10_000, user="\x00", iana="<i>"
    )
    shown = cells(hostile)
    assert shown["process"].text == "a⟨U+202E⟩<b>␊"
    assert shown["process"].detail.startswith("x␛[31m")
    assert len(shown["process"].detail) <= 300
    assert shown["user"].text == "␀"
    assert shown["port"].detail == "<i>?"


def test_the_model_is_sound(qtmodeltester: ModelTester) -> None:
    model = KeyedTableModel(columns(), natural=natural, fields=FIELDS)
    model.put((each.key().name, ListenerRow(each)) for each in LISTENERS)
    model.flush()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
