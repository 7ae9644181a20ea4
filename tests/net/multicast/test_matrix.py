"""Tests of net.multicast.matrix with real sockets; with a TTL of 0 nothing leaves this host."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from net import memberships
from net.interfaces import find
from net.multicast import matrix
from net.multicast.candidates import candidate
from net.multicast.endpoint import parse_endpoint
from net.multicast.records import MulticastPath
from net.multicast.requests import MatrixRequest
from net.multicast.sender import send
from net.problems import ProblemError
from net.records import Problem, Record
from net.requests import SendRequest
from net.verdict import Verdict

LOOPBACK = "lo"
GROUP = "239.77.2.1"
PORT = 23092


async def _test(group: str = f"{GROUP}:{PORT}", ttl: int = 0, **options: object) -> list[Record]:
    request = MatrixRequest(group=group, ttl=ttl, interval_ms=0, wait_ms=20, **options)  # type: ignore[arg-type]
    return [record async for batch in matrix.test(request) for record in batch]


async def test_what_is_sent_by_an_interface_is_heard_there_with_its_ttl() -> None:
    records = await _test(interfaces=(LOOPBACK,), count=4)
    own, unbound, verdict = records
    assert isinstance(own, MulticastPath)
    assert (own.send_interface, own.receive_interface, own.received) == (LOOPBACK, LOOPBACK, True)
    assert (own.sent, own.heard, own.ttl, own.problem) == (4, 4, 0, None)
    assert isinstance(unbound, MulticastPath)
    assert (unbound.send_interface, unbound.unbound) == (None, True)
    assert isinstance(verdict, Verdict)
    assert [problem.code for problem in verdict.not_working] == ["test_loopback"]


async def test_every_interface_is_in_the_matrix_in_both_directions() -> None:
    names = {name for _, name in socket.if_nameindex()}
    records = await _test()
    pairs = [(each.send_interface, each.receive_interface) for each in records if isinstance(each, MulticastPath)]
    assert len(pairs) == len(set(pairs)) == (len(names) + 1) * len(names)
    assert {sender for sender, _ in pairs} == {*names, None}
    assert {receiver for _, receiver in pairs} == names
    assert len({record.key() for record in records}) == len(records), "each is a row of its own"


async def test_the_group_is_left_at_the_end() -> None:
    await _test(interfaces=(LOOPBACK,))
    assert not [each for each in await memberships.snapshot() if each.group == GROUP]


async def test_traffic_of_others_is_counted_apart() -> None:
    (loopback,) = await find((LOOPBACK,))
    run = matrix.MatrixRun(parse_endpoint(f"{GROUP}:{PORT}"), [candidate(loopback, 4)], ttl=0)
    with closing(run):
        run.open()
        request = SendRequest(group=f"{GROUP}:{PORT}", interface=LOOPBACK, ttl=0, text="others", count=2, interval_ms=0)
        assert [batch async for batch in send(request)]
        await run.send(1, 0)
        run.stop_hearing()
        (other,) = run.others()
        assert (other.interface, other.packets, other.source) == (LOOPBACK, 2, "127.0.0.1")
        assert [path.heard for path in run.paths() if not path.unbound] == [1]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"group": "224.0.0.251"}, "group_without_port"),
        ({"group": "192.168.1.1:5000"}, "group_not_multicast"),
        ({"interfaces": ("en77",)}, "interface_unknown"),
        ({"group": f"[ff02::77%en0]:{PORT}", "interfaces": (LOOPBACK,)}, "scope_contradicts"),
        ({"group": f"232.1.1.1:{PORT}"}, "source_missing"),
        ({"group": f"[ff3e::8000:1]:{PORT}"}, "source_missing"),
    ],
)
async def test_a_wrong_question_is_refused(options: dict[str, object], code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await _test(**options)  # type: ignore[arg-type]
    assert failure.value.problem.code == code


@pytest.mark.parametrize(("ttl", "warned"), [(1, False), (2, True)])
async def test_a_ttl_that_no_router_heeds_is_told_first_as_sending_does(ttl: int, warned: bool) -> None:
    records = await _test(f"224.0.0.77:{PORT}", ttl, interfaces=(LOOPBACK,))
    assert [(each.code, each.subject) for each in records if isinstance(each, Problem)] == (
        [("link_local_ttl", f"224.0.0.77:{PORT}")] if warned else []
    )
    assert isinstance(records[0], Problem if warned else MulticastPath)


async def test_a_port_that_is_held_without_sharing_is_told_with_its_errno() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("0.0.0.0", PORT))
        with pytest.raises(ProblemError) as failure:
            await _test(interfaces=(LOOPBACK,))
    assert (failure.value.problem.code, failure.value.problem.errno) == ("bind_refused", 98)
