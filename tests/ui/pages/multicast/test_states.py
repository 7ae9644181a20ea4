from __future__ import annotations

from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from net.records import Interface, Problem
from tests.ui.pages.multicast.scene import REFUSED, TRAIN, joined
from tests.ui.scenes import INTERFACES
from ui.pages.multicast.columns import make_row
from ui.pages.multicast.details import describe_group
from ui.pages.multicast.joins import Join, JoinKey, Phase
from ui.pages.multicast.states import obstacle, standing
from ui.theme import Tone

EN0 = INTERFACES[0]
KEY = JoinKey(*TRAIN, "en0")


def changed(**more: Any) -> Interface:
    return msgspec.structs.replace(EN0, **more)


def join(phase: Phase = Phase.JOINED, *, in_kernel: bool | None = True, problem: Problem | None = None) -> Join:
    made = Join(KEY)
    made.phase, made.problem = phase, problem
    made.joined = joined(*TRAIN, in_kernel=in_kernel) if phase is Phase.JOINED else None
    return made


def words(made: Join, interface: Interface | None = EN0, *, known: bool = True) -> tuple[str, Tone]:
    stands = standing(made, interface, known=known)
    return stands.line, stands.tone


def test_a_shared_ethernet_address_is_a_note_and_no_trouble() -> None:
    made = join()
    facts = {"mac": "01:00:5e:7f:ff:fa", "others": "239.127.255.250", "interface": "en0", "bits": 23}
    note = make_problem("mac_shared", KEY.group, None, evidence=None, **facts)
    made._hear((joined(*TRAIN), note))
    assert words(made) == ("joined · in kernel's table", Tone.OK)
    assert made.note == note
    row = make_row(made, standing(made, EN0, known=True), EN0, None)
    sections = {section.title: section.text for section in describe_group(row, made, None, ()).sections}
    assert note.text in sections["Good to know"]


@pytest.mark.parametrize(
    ("made", "line", "tone"),
    [
        (join(Phase.ASKED), "joining…", Tone.INFO),
        (join(), "joined · in kernel's table", Tone.OK),
        (join(in_kernel=None), "joined · kernel's table not read", Tone.OK),
        (join(in_kernel=False), "not in kernel's table", Tone.ERROR),
        (join(Phase.REFUSED, problem=REFUSED), "refused · errno 48", Tone.ERROR),
        (join(Phase.LEFT), "left", Tone.NEUTRAL),
        (join(Phase.LOST), "the probe ended", Tone.WARNING),
    ],
)
def test_a_row_says_how_its_join_stands(made: Join, line: str, tone: Tone) -> None:
    assert words(made) == (line, tone)


@pytest.mark.parametrize(
    ("interface", "code", "line"),
    [
        (changed(up=False), "joined_but_down", "joined, but en0 is down"),
        (changed(multicast=False), "joined_without_multicast", "joined, but en0 has no multicast"),
        (changed(addresses=EN0.addresses[1:]), "joined_without_address", "joined, but en0 has no address"),
    ],
)
def test_a_join_that_can_hear_nothing_says_why_as_the_probe_would(interface: Interface, code: str, line: str) -> None:
    stands = standing(join(), interface, known=True)
    assert stands.line == f"{line} · in kernel's table"
    assert stands.problem == make_problem(code, KEY.endpoint, interface="en0", version="IPv4")


def test_what_the_probe_told_once_is_over_when_the_interface_is_well() -> None:
    problem = make_problem("joined_but_down", KEY.endpoint, interface="en0")
    assert words(join(problem=problem)) == ("joined · in kernel's table", Tone.OK)
    assert words(join(problem=problem), None, known=False)[1] is Tone.WARNING


def test_a_failed_reading_stays_told() -> None:
    problem = make_problem("receive_failed", KEY.endpoint, OSError(5, "x"), interface="en0")
    assert words(join(problem=problem)) == ("joined, but in trouble · in kernel's table", Tone.WARNING)


@pytest.mark.parametrize("interface", [None, EN0])
def test_an_interface_that_is_gone_is_told(interface: Interface | None) -> None:
    problem = make_problem("interface_vanished", "en0", group=KEY.endpoint)
    stands = standing(join(in_kernel=False, problem=problem), interface, known=True)
    assert (stands.line, stands.problem) == ("en0 is gone", problem)


def test_a_group_of_ipv6_needs_an_address_of_ipv6() -> None:
    key = JoinKey("ff02::fb", 5353, "en0")
    assert obstacle(key, EN0) is None
    problem = obstacle(key, changed(addresses=EN0.addresses[:1]))
    assert problem is not None
    assert "IPv6" in problem.text


def test_hostile_interface_names_are_made_visible(qtbot: QtBot) -> None:
    made = Join(JoinKey("224.0.0.1", 5, "en\u202e0"))
    made.phase = Phase.JOINED
    assert "\u202e" not in standing(made, None, known=True).line
