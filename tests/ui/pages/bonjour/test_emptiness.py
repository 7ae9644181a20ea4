from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from discovery.records import BrowseState
from net.problems import make_problem
from net.records import Interface
from tests.ui.scenes import INTERFACES
from ui.pages.bonjour.emptiness import Remedies, Situation, why_empty
from ui.widgets.actions import Action
from ui.widgets.empty_panel import Emptiness, Why

BY_NAME = {interface.name: interface for interface in INTERFACES}
REMEDIES = Remedies(
    rescan=Action("Rescan", lambda: None), diagnose=Action("Diagnose", lambda: None),
    use_lan=Action("Use en0", lambda: None),
)  # fmt: skip


def empty(interface: Interface | None = None, seconds: float = 4.0, packets: int | None = 12, **more: Any) -> Emptiness:
    names = [interface.name] if interface is not None else ["en0", "en5"]
    states = {name: BrowseState(interface=name, since=0.0, packets=packets) for name in names}
    return why_empty(Situation(interface, seconds, states, **more), REMEDIES)


def offered(shown: Emptiness) -> list[str]:
    return [action.text for action in shown.actions]


def test_while_listening_it_says_what_was_asked_and_heard(qapp: QApplication) -> None:
    shown = empty(BY_NAME["en0"])
    assert (shown.why, shown.title) == (Why.LISTENING, "Listening on en0")
    asked = "Asked for all service types on en0 for 4 s; 12 mDNS packets heard from other hosts."
    assert shown.reasons == (asked,)
    assert "on en0, en5 for 4 s; 24 mDNS packets" in empty(None).reasons[0]
    assert "1 mDNS packet heard" in empty(BY_NAME["en0"], packets=1).reasons[0]
    assert empty(BY_NAME["en0"], packets=None).reasons == ("Asked for all service types on en0 for 4 s.",)


def test_before_the_first_word_it_names_no_interface(qapp: QApplication) -> None:
    shown = why_empty(Situation(None, 0.1, {}), REMEDIES)
    assert shown.title == "Listening on all usable interfaces"


def test_after_ten_seconds_there_are_three_reasons_and_what_to_do(qapp: QApplication) -> None:
    shown = empty(BY_NAME["en0"], seconds=11.0, packets=0)
    assert (shown.why, shown.title) == (Why.NOTHING_FOUND, "No service was found on en0.")
    assert [reason[0] for reason in shown.reasons[1:]] == ["1", "2", "3"]
    assert "IGMP snooping" in shown.reasons[1]
    assert "0 mDNS packets" in shown.reasons[0]
    assert offered(shown) == ["Diagnose", "Rescan"]
    heard = empty(BY_NAME["en0"], seconds=11.0, packets=30)
    assert "multicast arrives" in heard.reasons[1]


@pytest.mark.parametrize(
    ("name", "because"),
    [("utun3", "behind a tunnel"), ("ipsec0", "behind a tunnel"), ("awdl0", "two devices"), ("lo0", "this computer")],
)
def test_an_interface_that_bonjour_skips_says_why(qapp: QApplication, name: str, because: str) -> None:
    interface = BY_NAME[name]
    shown = empty(interface)
    assert shown.why is Why.CANNOT_WORK
    assert shown.title.startswith(f"Bonjour skips {name} by design: ")
    assert because in shown.title
    assert shown.reasons[0] == interface.multicast_meaning
    assert "12 mDNS packets" in shown.reasons[1]
    assert offered(shown) == ["Use en0", "Diagnose"]


def test_mobile_data_is_skipped_too(qapp: QApplication) -> None:
    assert "mobile data" in empty(replace(BY_NAME["en0"], type="cellular")).title


def test_a_problem_comes_first_in_its_own_words(qapp: QApplication) -> None:
    problem = make_problem("browse_not_ready", "utun3", state="is down")
    shown = empty(BY_NAME["utun3"], problems=(problem,))
    assert (shown.why, shown.title, shown.reasons) == (Why.CANNOT_WORK, problem.text, (problem.remedy,))
    assert offered(shown) == ["Rescan", "Diagnose"]


def test_paused_says_so(qapp: QApplication) -> None:
    assert empty(BY_NAME["en0"], paused=True).title == "Paused."


def test_quiet_says_that_silence_proves_nothing(qapp: QApplication) -> None:
    shown = empty(BY_NAME["en0"], seconds=60.0, quiet=True)
    assert (shown.why, shown.title) == (Why.LISTENING, "Quiet on en0: nothing is asked, and no service was heard yet.")
    assert shown.reasons[0] == "12 mDNS packets heard from other hosts."
    assert "repeat it only when somebody asks" in shown.reasons[1]
    assert len(empty(BY_NAME["en0"], packets=None, quiet=True).reasons) == 1
