"""Tests of diagnosis.checks.ports and answering: two programs on a port matter where localhost can mean either."""

from __future__ import annotations

import pytest

from diagnosis.checks import answering, ports
from diagnosis.context import Context
from net.ports.records import Listener
from net.requests import PortsRequest
from net.verdict import Verdict
from tests.net.faces import LAN

CONTEXT = Context((LAN,), (LAN,), 1.0)
DISJOINT = ("127.0.0.53", "192.168.122.1")


def _listener(address: str, pid: int) -> Listener:
    return Listener(
        protocol="tcp",
        address=address,
        port=4053,
        interface=None,
        scope="lan",
        stack="v4",
        v6only=None,
        owner="proved",
        pid=pid,
        process=f"program{pid}",
    )


@pytest.fixture
def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    async def snapshot(_request: PortsRequest) -> tuple[Listener, ...]:
        return tuple(_listener(address, pid) for pid, address in enumerate(request.param, 1))

    monkeypatch.setattr(ports, "snapshot", snapshot)
    monkeypatch.setattr(answering, "snapshot", snapshot)


CASES = pytest.mark.parametrize(
    ("held", "severity"),
    [(DISJOINT, "info"), (("127.0.0.1", "192.168.122.1"), "warning"), (("0.0.0.0", "192.168.122.1"), "warning")],
    indirect=["held"],
)


@CASES
@pytest.mark.usefixtures("held")
async def test_two_programs_off_localhost_are_only_told(severity: str) -> None:
    (finding,) = await ports.check(CONTEXT)
    assert (finding.code, finding.severity) == ("port_has_two_owners", severity)


@CASES
@pytest.mark.usefixtures("held")
async def test_so_are_two_that_answer(monkeypatch: pytest.MonkeyPatch, severity: str) -> None:
    async def verdict(port: int) -> Verdict:
        return Verdict(
            about="answers",
            code="answers_differ_elsewhere",
            subject=str(port),
            certainty="proven",
            text="",
            evidence=(),
            cause="",
            remedy=(),
        )

    monkeypatch.setattr(answering, "_verdict", verdict)
    (finding,) = await answering.check(CONTEXT)
    assert finding.severity == severity
