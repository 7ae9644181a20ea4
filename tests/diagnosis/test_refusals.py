"""Tests of diagnosis.checks.refusals as macOS would answer: what denied looks like, and who is held responsible."""

from __future__ import annotations

import errno

import msgspec
import pytest

from diagnosis.checks import refusals
from diagnosis.context import Context
from diagnosis.records import Finding
from net.ports.records import Ancestor, ProcessDetails
from net.records import Interface
from net.sending import Refused
from tests.net.faces import LAN

OTHER = msgspec.structs.replace(LAN, name="en5", index=5)
FROM_AN_IDE = (Ancestor(pid=30, process="zsh"), Ancestor(pid=20, process="Code"), Ancestor(pid=1, process="launchd"))
FROM_TERMINAL = (Ancestor(pid=30, process="zsh"), Ancestor(pid=20, process="Terminal"))


class _Mac:
    """The one question the check asks of a platform."""

    def __init__(self, ancestors: tuple[Ancestor, ...]) -> None:
        self._ancestors = ancestors

    def process(self, pid: int) -> ProcessDetails:
        return ProcessDetails(pid=pid, started=0, process="python3", ancestors=self._ancestors)


async def _found(
    monkeypatch: pytest.MonkeyPatch,
    refused: dict[str, int],
    ancestors: tuple[Ancestor, ...] = FROM_AN_IDE,
    *,
    root: bool = False,
    faces: tuple[Interface, ...] = (LAN, OTHER),
    allowed: bool = False,
    sent: bool = True,
) -> tuple[Finding, ...]:
    def answer(face: Interface) -> tuple[Refused, ...]:
        return (Refused(f"a datagram by {face.name}", refused[face.name], sent),) if face.name in refused else ()

    monkeypatch.setattr(refusals, "SYSTEM", "macos")
    monkeypatch.setattr(refusals, "refusals", answer)
    monkeypatch.setattr(refusals, "bonjour_refusal", lambda face: None if allowed else answer(face)[0])
    monkeypatch.setattr(refusals, "AGAIN", (0.0,))
    monkeypatch.setattr(refusals, "this_platform", lambda: _Mac(ancestors))
    monkeypatch.setattr(refusals, "is_root", lambda: root)
    return await refusals.check(Context(faces, faces, 1.0))


async def test_every_lan_unreachable_is_local_network_privacy_of_the_responsible_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (finding,) = await _found(monkeypatch, {LAN.name: errno.EHOSTUNREACH, "en5": errno.EHOSTUNREACH})
    assert (finding.code, finding.severity, finding.certainty) == ("local_network_denied", "error", "likely")
    assert "off for Code." in finding.title
    evidence = " ".join(finding.evidence)
    assert "EHOSTUNREACH" in evidence
    assert "127.0.0.1 is let through" in evidence
    assert "zsh (30) › Code (20) › launchd (1)" in evidence


@pytest.mark.parametrize(("ancestors", "root"), [(FROM_TERMINAL, False), (FROM_AN_IDE, True)])
async def test_who_is_exempt_from_privacy_is_refused_by_something_else(
    monkeypatch: pytest.MonkeyPatch, ancestors: tuple[Ancestor, ...], *, root: bool
) -> None:
    refused = {LAN.name: errno.EHOSTUNREACH, "en5": errno.EHOSTUNREACH}
    (finding,) = await _found(monkeypatch, refused, ancestors, root=root)
    assert finding.code == "lan_refused"
    assert "Local Network privacy is not the reason" in finding.evidence[-1]


@pytest.mark.parametrize("refused", [{LAN.name: errno.EHOSTUNREACH}, {LAN.name: errno.EPERM, "en5": errno.EPERM}])
async def test_one_lan_alone_or_another_errno_is_not_privacy(
    monkeypatch: pytest.MonkeyPatch, refused: dict[str, int]
) -> None:
    (finding,) = await _found(monkeypatch, refused)
    assert finding.code == "lan_refused"


async def test_rules_that_let_mdns_through_are_only_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = await _found(monkeypatch, {"en5": errno.EPERM}, allowed=True)
    assert (finding.code, finding.subject, finding.severity) == ("lan_some_ports", "en5", "info")


async def test_a_connect_that_is_refused_is_no_list_of_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = await _found(monkeypatch, {"en5": errno.EPERM}, allowed=True, sent=False)
    assert (finding.code, finding.severity) == ("lan_refused", "error")


async def test_a_mac_that_lets_everything_through_has_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await _found(monkeypatch, {}) == ()


async def test_what_was_refused_once_only_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """As macOS does for a moment after a wake-up (EHOSTUNREACH)."""
    answers = iter([(Refused("a datagram", errno.EHOSTUNREACH),), ()])
    monkeypatch.setattr(refusals, "refusals", lambda _: next(answers))
    monkeypatch.setattr(refusals, "AGAIN", (0.0, 0.0))
    assert await refusals.check(Context((LAN,), (LAN,), 1.0)) == ()
