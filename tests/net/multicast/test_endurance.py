"""Tests of net.multicast.endurance with real sockets on the loopback interface, where 300 s pass in an instant."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable
from contextlib import closing

import pytest

from net import memberships
from net.multicast import endurance
from net.multicast.endurance import run
from net.multicast.queries import is_query
from net.multicast.records import Endurance, EnduranceVerdict
from net.multicast.requests import EnduranceRequest
from net.platform.names import interface_names
from net.platform.queries import mld_queries, parse_counter, parse_igmp_version
from net.problems import ProblemError
from net.records import Joined, Problem, Record
from net.sockets import IPAddress, join, leave, parse_arrival, sender

LOOPBACK = "lo"
GROUP = "239.77.4.1"
PORT = 23094
ENDPOINT = f"{GROUP}:{PORT}"


class ScriptedTimers:
    """Time that passes when waited for; a packet is sent at each step while ``talks`` (time, seconds since join)."""

    def __init__(self, talks: Callable[[float, float], bool], sock: socket.socket) -> None:
        self.joined = 0.0
        self._time = 0.0
        self._talks = talks
        self._socket = sock

    def now(self) -> float:
        return 1000 + self._time

    async def wait(self, seconds: float) -> None:
        self._time += seconds
        if self._talks(self._time, self._time - self.joined):
            self._socket.sendto(b"still here", (GROUP, PORT))


async def _records(talks: Callable[[float, float], bool], **options: float) -> list[Record]:
    records: list[Record] = []
    with closing(sender(4, socket.if_nametoindex(LOOPBACK), source="127.0.0.1", ttl=0, loop=True)) as sock:
        timers = ScriptedTimers(talks, sock)
        async for batch in run(EnduranceRequest(group=ENDPOINT, interface=LOOPBACK, **options), timers):
            records.extend(batch)
            timers.joined = (
                max(each.joined for each in batch if isinstance(each, Endurance)) if len(records) > 1 else 0.0
            )
    return records


async def test_a_switch_that_forgets_the_join_after_260_s_is_found_and_the_join_made_anew() -> None:
    records = await _records(lambda now, after_join: after_join <= 260)
    joined, verdict = records[0], records[-1]
    assert isinstance(joined, Joined)
    assert (joined.interface, joined.in_kernel) == (LOOPBACK, True)
    assert isinstance(verdict, EnduranceVerdict)
    assert (verdict.code, verdict.final, verdict.revived) == ("endure_querier_missing", True, True)
    assert verdict.stopped_after == pytest.approx(260, abs=1)
    assert 500 < verdict.received <= 600
    assert sum(verdict.per_second) == verdict.received
    standing = [record for record in records if isinstance(record, Endurance)]
    assert next(each for each in standing if each.rejoins).elapsed == pytest.approx(270, abs=2)
    assert {each.state for each in standing} == {"receiving", "reviving"}
    so_far = [record.code for record in records if isinstance(record, EnduranceVerdict) and not record.final]
    assert list(dict.fromkeys(so_far)) == ["endure_too_short", "endure_undecided", "endure_querier_missing"]


async def test_a_stream_that_lasts_is_told_as_that_and_nothing_is_joined_anew() -> None:
    records = await _records(lambda now, after_join: True)
    verdict = records[-1]
    assert isinstance(verdict, EnduranceVerdict)
    assert (verdict.code, verdict.certainty) == ("endure_lasted", "proven")
    assert max(record.rejoins for record in records if isinstance(record, Endurance)) == 0


async def test_shorter_times_are_a_matter_of_the_request() -> None:
    options = {"seconds": 6.0, "membership_seconds": 3.0, "tolerance_seconds": 0.5, "silence_seconds": 0.4}
    records = await _records(lambda now, after_join: after_join <= 3, revive_seconds=1.0, **options)
    verdict = records[-1]
    assert isinstance(verdict, EnduranceVerdict)
    assert verdict.code == "endure_querier_missing"


async def test_an_interface_that_vanishes_is_the_verdict_also_when_it_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = True
    names = interface_names()
    monkeypatch.setattr(endurance, "interface_names", lambda: names if there else {})

    def talks(now: float, _after_join: float) -> bool:
        nonlocal there
        there = not 50 < now < 60
        return there

    records = await _records(talks, seconds=100.0)
    assert [each.code for each in records if isinstance(each, Problem)] == ["interface_vanished"]
    verdict = records[-1]
    assert isinstance(verdict, EnduranceVerdict)
    assert (verdict.code, verdict.certainty) == ("endure_interface_gone", "proven")
    assert "51 s" in verdict.text
    standing = [record for record in records if isinstance(record, Endurance)]
    assert standing[-1].rejoins == 1, "it is joined again when it is back"


async def test_a_join_that_the_kernel_no_longer_lists_is_the_verdict_and_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left: list[float] = []

    def talks(now: float, _after_join: float) -> bool:
        if now > 20 and not left:
            left.append(now)
            (sock,) = sockets
            leave(sock, ipaddress.ip_address(GROUP), socket.if_nametoindex(LOOPBACK))
        return True

    sockets: list[socket.socket] = []

    def note(sock: socket.socket, group: IPAddress, index: int) -> None:
        join(sock, group, index)
        sockets[:] = [sock]

    monkeypatch.setattr(endurance, "join", note)
    records = await _records(talks, seconds=40.0)
    verdict = records[-1]
    assert isinstance(verdict, EnduranceVerdict)
    assert (verdict.code, verdict.certainty) == ("endure_join_lost", "proven")
    assert max(record.rejoins for record in records if isinstance(record, Endurance)) == 1
    assert verdict.received > 30, "it goes on"


async def test_a_new_join_that_is_refused_is_tried_again_each_second(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = 0

    def refuse(sock: socket.socket, group: IPAddress, index: int) -> None:
        nonlocal attempts
        attempts += 1
        if 1 < attempts < 5:
            raise OSError(errno.ENOBUFS, "no buffers")
        join(sock, group, index)

    monkeypatch.setattr(endurance, "join", refuse)
    records = await _records(lambda now, after_join: after_join <= 260)
    assert [each.code for each in records if isinstance(each, Problem)] == ["join_refused"]
    so_far = [record.code for record in records if isinstance(record, EnduranceVerdict)]
    assert "endure_join_lost" in so_far
    assert so_far[-1] == "endure_querier_missing", "the new join, once made, brought the stream back"


async def test_what_arrives_by_another_interface_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endurance, "parse_arrival", lambda ancillary: parse_arrival(ancillary)._replace(interface=77))
    records = await _records(lambda now, after_join: True, seconds=3.0)
    verdict = records[-1]
    assert isinstance(verdict, EnduranceVerdict)
    assert (verdict.code, verdict.received) == ("endure_nothing", 0)


async def test_the_group_is_left_at_the_end() -> None:
    await _records(lambda now, after_join: False, seconds=2.0)
    assert not [each for each in await memberships.snapshot() if each.group == GROUP]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"group": "224.0.0.251"}, "group_without_port"),
        ({"group": "192.168.1.1:5000"}, "group_not_multicast"),
        ({"interface": "en77"}, "interface_unknown"),
        ({"group": f"232.1.1.1:{PORT}"}, "source_missing"),
        ({"group": f"[ff3e::8000:1]:{PORT}"}, "source_missing"),
        ({"group": f"[ff02::5%en77]:{PORT}"}, "scope_contradicts"),
    ],
)
async def test_a_wrong_question_is_refused(options: dict[str, str], code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await anext(run(EnduranceRequest(**{"group": ENDPOINT, "interface": LOOPBACK, **options})))  # type: ignore[arg-type]
    assert failure.value.problem.code == code


async def test_a_port_that_is_held_without_sharing_is_told_with_its_errno() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("0.0.0.0", PORT))
        with pytest.raises(ProblemError) as failure:
            await anext(run(EnduranceRequest(group=ENDPOINT, interface=LOOPBACK)))
    assert (failure.value.problem.code, failure.value.problem.errno) == ("bind_refused", 98)


HEADER = bytes.fromhex("46c00020000040000102000000000000e000000194040000")


@pytest.mark.parametrize(
    ("packet", "query"),
    [
        (HEADER + bytes.fromhex("1164ee9b00000000"), True),
        (HEADER + bytes.fromhex("2200f9040000000100000000"), False),
        (HEADER + bytes.fromhex("1164"), False),
        (HEADER[:8], False),
        (b"", False),
        (bytes(40), False),
    ],
)
def test_an_igmp_query_is_told_from_other_packets(packet: bytes, query: bool) -> None:
    assert is_query(packet) is query


def test_the_kernels_tables_are_read() -> None:
    igmp = (
        "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
        "1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n"
        "2\ten0       :     2      V2\n\t\t\t\t4D00E0E0     1 0:00000000\t\t1\n"
    )
    assert [parse_igmp_version(igmp, name) for name in ("lo", "en0", "en5")] == ["V3", "V2", None]
    assert parse_counter("ifIndex\t2\nIcmp6InGroupMembQueries         \t7\n", "Icmp6InGroupMembQueries") == 7
    assert parse_counter("nothing here\n", "Icmp6InGroupMembQueries") is None
    assert mld_queries("no-such-interface") is None
