from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from net.records import Interface, Removed
from tests.ui.scenes import INTERFACES, batch
from ui.interfaces import InterfaceBook, find, order, stable_key
from ui.link import Link

BY_NAME = {interface.name: interface for interface in INTERFACES}
MakeLink = Callable[[dict[str, Any]], Link]


def changed(interface: Interface, **more: Any) -> Interface:
    return msgspec.structs.replace(interface, **more)


def test_usable_ones_come_first_and_what_is_down_last() -> None:
    down = changed(BY_NAME["en0"], name="en9", up=False)
    names = [interface.name for interface in sorted((*INTERFACES, down), key=order)]
    assert names[:3] == ["en0", "en5", "bridge100"]
    assert names[-3:] == ["lo0", "en4", "en9"]


def test_a_key_is_name_and_burned_in_address() -> None:
    assert stable_key(BY_NAME["en0"]) == "en0 f0:18:98:42:a1:3e"
    assert stable_key(BY_NAME["utun3"]) == "utun3"


def test_a_number_behind_an_address_is_the_index_of_an_interface_of_that_place(make_link: MakeLink) -> None:
    book = InterfaceBook(make_link({}))
    book._take((BY_NAME["en0"], BY_NAME["en5"]))
    assert book.scope_name(str(BY_NAME["en5"].index)) == "en5"
    assert [book.scope_name(scope) for scope in ("en0", "777", "en9")] == ["en0", "777", "en9"]


def test_a_random_address_is_no_part_of_a_key() -> None:
    assert stable_key(BY_NAME["awdl0"]) == "awdl0"
    assert stable_key(BY_NAME["bridge100"]) == "bridge100"


def test_an_adapter_is_found_again_under_another_name() -> None:
    renamed = changed(BY_NAME["en5"], name="en8")
    assert find(stable_key(BY_NAME["en5"]), [BY_NAME["en0"], renamed]) is renamed


def test_another_adapter_under_the_same_name_is_not_it() -> None:
    other = changed(BY_NAME["en5"], mac="00:e0:4c:00:00:01")
    assert find(stable_key(BY_NAME["en5"]), [other]) is None


@pytest.mark.parametrize("mac", [None, "", "zz", "00:00:00:00:00:00"])
def test_odd_addresses_leave_the_name(mac: str | None) -> None:
    assert stable_key(changed(BY_NAME["en0"], mac=mac)) == "en0"


def test_the_first_choice_is_usable_and_has_a_gateway(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({"answers": {"interfaces.watch": [batch(*reversed(INTERFACES))]}})
    book = InterfaceBook(link)
    book.ask()
    with qtbot.waitSignal(book.changed):
        link.start()
    first = book.default()
    assert first is not None
    assert first.name == "en0"


def test_what_a_new_answer_does_not_name_is_gone(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({"answers": {"interfaces.watch": [batch(*INTERFACES)]}})
    book = InterfaceBook(link)
    book.ask()
    with qtbot.waitSignal(book.changed):
        link.start()
    told: list[Any] = []
    book.batch.connect(told.extend)
    book._anew = True
    book._take((BY_NAME["en0"],))
    assert list(book.by_name) == ["en0"]
    assert {record.name for record in told if isinstance(record, Removed)} == set(BY_NAME) - {"en0"}
