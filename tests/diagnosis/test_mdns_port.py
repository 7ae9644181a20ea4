"""Tests of diagnosis.checks.mdns_port: what a refused bind proves of a holder of this user, and of another one."""

from __future__ import annotations

import pytest

from diagnosis.checks import mdns_port
from diagnosis.context import Context
from net.host import this_host
from net.ports.records import Listener
from net.requests import PortsRequest
from tests.net.faces import LAN

OTHER = "somebody else"


def _holder(user: str, reuse: tuple[str, ...] | None) -> Listener:
    return Listener(
        protocol="udp",
        address="0.0.0.0",
        port=5353,
        interface=None,
        scope="all",
        stack="v4",
        v6only=None,
        owner="proved",
        pid=7,
        process="responder",
        user=user,
        reuse=reuse,
        state="bound",
    )


@pytest.mark.parametrize(
    ("user", "reuse", "grade"),
    [
        (None, None, ("mdns_port_held", "error", "proven")),
        (OTHER, (), ("mdns_port_held", "error", "proven")),
        (OTHER, None, ("mdns_port_of_user", "warning", "likely")),
        (OTHER, ("reuseport",), ("mdns_port_of_user", "warning", "likely")),
    ],
)
async def test_what_another_user_may_share_with_its_own_programs_is_not_proven_to_be_kept(
    monkeypatch: pytest.MonkeyPatch, user: str | None, reuse: tuple[str, ...] | None, grade: tuple[str, str, str]
) -> None:
    async def snapshot(_request: PortsRequest) -> tuple[Listener, ...]:
        return (_holder(user or this_host().user, reuse),)

    monkeypatch.setattr(mdns_port, "snapshot", snapshot)
    monkeypatch.setattr(mdns_port, "_refused", lambda address: address == "0.0.0.0")
    (finding,) = await mdns_port.check(Context((LAN,), (LAN,), 1.0))
    assert (finding.code, finding.severity, finding.certainty) == grade
