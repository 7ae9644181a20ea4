"""Each refusal has its cause on each system, and a bind that is granted its warnings."""

from __future__ import annotations

import errno
import os

import msgspec
import pytest

from net import problems
from net.platform.bind_limits import BindLimits, NatRule
from net.platform.tcp_sockets import TcpSocket
from net.ports import bind_reasons
from net.ports.bind_reasons import Attempt, Surroundings, caveats, holders_text, lent, refusal, unknown
from net.ports.records import Listener

MAC = BindLimits(
    privileged_below=1024,
    privileged=False,
    wildcard_free=True,
    ephemeral=(49152, 65535),
    restricted=(55555,),
    nat=None,
)
WINDOWS = BindLimits(ephemeral=(49152, 65535), excluded=((50101, 50200),))
LINUX = BindLimits(privileged_below=1024, privileged=False, ephemeral=(32768, 60999))


def error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The test runs as on that system."""
    system: str = request.param
    monkeypatch.setattr(problems, "SYSTEM", system)
    monkeypatch.setattr(bind_reasons, "SYSTEM", system)
    return system


def tried(address: str, port: int) -> Attempt:
    return Attempt(address, port, "tcp", "v6" if ":" in address else "v4")


def holder(address: str, process: str | None = "node", known: str | None = None) -> Listener:
    return Listener(
        protocol="tcp",
        address=address,
        port=5000,
        interface=None,
        scope="all",
        stack="v6" if ":" in address else "v4",
        v6only=None,
        owner="proved" if process else "hidden",
        pid=12 if process else None,
        process=process,
        user="ann",
        known=known,
    )


@pytest.mark.parametrize("on", ["macos"], indirect=True)
def test_a_mac_keeps_low_ports_at_one_address_to_root_and_leaves_the_wildcard_free(on: str) -> None:
    problem = refusal(tried("127.0.0.1", 53), error(errno.EACCES), Surroundings(limits=MAC), shared=False)
    assert (problem.code, problem.errno) == ("bind_privileged", errno.EACCES)
    assert "macOS keeps ports below 1024 at a specific address" in problem.text
    assert "Bind 0.0.0.0 or ::, which is free for everyone since macOS 10.14" in problem.remedy


@pytest.mark.parametrize("on", ["macos"], indirect=True)
def test_a_mac_gives_port_55555_to_nobody(on: str) -> None:
    problem = refusal(tried("127.0.0.1", 55555), error(errno.EADDRINUSE), Surroundings(limits=MAC), shared=False)
    assert problem.code == "bind_restricted"
    assert "lights-out management" in problem.text


@pytest.mark.parametrize("on", ["windows"], indirect=True)
def test_a_port_in_an_excluded_range_of_windows_is_told_with_the_range(on: str) -> None:
    around = Surroundings(limits=WINDOWS)
    problem = refusal(tried("0.0.0.0", 50150), error(errno.EACCES), around, shared=False)
    assert problem.code == "bind_excluded"
    assert "50101 to 50200" in problem.text
    assert "startport=50150" in problem.remedy
    elsewhere = refusal(tried("0.0.0.0", 80), error(errno.EACCES), around, shared=False)
    assert elsewhere.code == "bind_forbidden"
    assert "netsh http show servicestate" in elsewhere.remedy


@pytest.mark.parametrize("on", ["linux"], indirect=True)
def test_a_refusal_that_is_not_about_the_number_is_not_called_privileged(on: str) -> None:
    problem = refusal(tried("0.0.0.0", 8080), error(errno.EACCES), Surroundings(limits=LINUX), shared=False)
    assert problem.code == "bind_forbidden"
    assert "security policy" in problem.text
    root = Surroundings(limits=BindLimits(privileged_below=1024, privileged=True))
    assert refusal(tried("0.0.0.0", 53), error(errno.EACCES), root, shared=False).code == "bind_forbidden"


def test_a_holder_is_named_with_what_the_conflict_table_knows_of_it() -> None:
    around = Surroundings(limits=LINUX, listeners=(holder("0.0.0.0", known="AirPlay. Switch it off."), holder("::1")))
    problem = refusal(tried("127.0.0.1", 5000), error(errno.EADDRINUSE), around, shared=False)
    assert problem.code == "bind_taken"
    assert "node (PID 12) at 0.0.0.0." in problem.text
    assert problem.remedy.endswith("AirPlay. Switch it off.")
    assert "::1" not in problem.text
    lasting = msgspec.structs.replace(around.listeners[0], end_useless=True)
    told = refusal(
        tried("127.0.0.1", 5000),
        error(errno.EADDRINUSE),
        Surroundings(limits=LINUX, listeners=(lasting,)),
        shared=False,
    )
    assert "end it" not in told.remedy
    both = msgspec.structs.replace(around, listeners=(*around.listeners, holder("127.0.0.1", known="Two hold it.")))
    told = refusal(tried("127.0.0.1", 5000), error(errno.EADDRINUSE), both, shared=False)
    assert told.remedy.endswith("AirPlay. Switch it off. Two hold it.")
    shared = refusal(tried("127.0.0.1", 5000), error(errno.EADDRINUSE), around, shared=True)
    assert shared.code == "bind_taken_shared"


def test_a_holder_that_is_hidden_is_told_by_its_user() -> None:
    around = Surroundings(limits=LINUX, listeners=(holder("0.0.0.0", None),))
    problem = refusal(tried("127.0.0.1", 5000), error(errno.EADDRINUSE), around, shared=False)
    assert "a hidden owner (user ann) at 0.0.0.0" in problem.text
    unit = msgspec.structs.replace(holder("0.0.0.0", None), service="nginx.service")
    assert holders_text([unit]) == "a hidden owner (nginx.service, user ann) at 0.0.0.0"
    container = msgspec.structs.replace(unit, container="shop-web-1", user=None)
    assert holders_text([container]) == "a hidden owner (container shop-web-1) at 0.0.0.0"


def test_a_probable_owner_is_no_fact_and_nobody_is_told_to_end_it() -> None:
    guess = msgspec.structs.replace(holder("0.0.0.0"), owner="probable")
    problem = refusal(
        tried("127.0.0.1", 5000), error(errno.EADDRINUSE), Surroundings(limits=LINUX, listeners=(guess,)), shared=False
    )
    assert "probably node (PID 12) at 0.0.0.0" in problem.text
    assert "end it" not in problem.remedy
    assert holders_text([msgspec.structs.replace(guess, pid=None)]) == "probably node at 0.0.0.0"
    used = msgspec.structs.replace(socket_in("established", "curl"), owner="probable")
    problem = refusal(
        tried("127.0.0.1", 5000), error(errno.EADDRINUSE), Surroundings(limits=LINUX, sockets=(used,)), shared=False
    )
    assert "probably curl (PID 7) with a connection" in problem.text
    assert "end it" not in problem.remedy


def socket_in(state: str, process: str | None = None) -> TcpSocket:
    return TcpSocket(
        state=state,
        address="127.0.0.1",
        port=5000,
        remote_address="10.0.0.9",
        remote_port=443,
        accepted=process is not None,
        owner="hidden" if process is None else "proved",
        pid=None if process is None else 7,
        process=process,
    )


def test_without_a_listener_the_sockets_of_the_port_tell_who_has_it() -> None:
    def told(*sockets: TcpSocket) -> tuple[str, str]:
        around = Surroundings(limits=LINUX, sockets=sockets)
        problem = refusal(tried("0.0.0.0", 5000), error(errno.EADDRINUSE), around, shared=False)
        return problem.code, problem.text

    assert told(socket_in("time_wait"), socket_in("time_wait"))[0] == "bind_time_wait"
    assert "by 2 ended connections" in told(socket_in("time_wait"), socket_in("fin_wait2"))[1]
    code, text = told(socket_in("time_wait"), socket_in("established", "curl"))
    assert code == "bind_connected"
    assert "curl (PID 7) with a connection to 10.0.0.9:443" in text
    assert "curl (PID 7) has bound it at 127.0.0.1 and does not listen" in told(socket_in("bound", "curl"))[1]
    assert told()[0] == "bind_taken_unseen"


@pytest.mark.parametrize(
    ("address", "number", "code"),
    [
        ("10.9.9.9", errno.EADDRNOTAVAIL, "bind_no_address"),
        ("::1", errno.EADDRNOTAVAIL, "bind_no_ipv6"),
        ("::", errno.EAFNOSUPPORT, "bind_no_ipv6"),
        ("fe80::1", errno.EINVAL, "bind_scope_missing"),
        ("ff02::1", errno.EINVAL, "bind_scope_missing"),
        ("ff05::1", errno.EINVAL, "bind_failed"),
        ("fe80::1%en77", errno.ENODEV, "bind_scope_unknown"),
        ("fe80::1%en0", errno.EADDRNOTAVAIL, "bind_no_address"),
        ("10.0.0.1", errno.EMFILE, "bind_failed"),
    ],
)
def test_what_is_wrong_with_the_address_is_told_as_such(address: str, number: int, code: str) -> None:
    problem = refusal(tried(address, 5000), error(number), Surroundings(limits=LINUX), shared=False)
    assert (problem.code, problem.errno) == (code, number)


def codes(made: Attempt, around: Surroundings) -> list[str]:
    return [each.code for each in caveats(made, around)]


def test_nothing_is_warned_of_where_nothing_is_in_the_way() -> None:
    assert codes(tried("0.0.0.0", 5000), Surroundings(limits=LINUX)) == []


def test_a_bind_that_is_granted_has_the_warnings_of_what_still_goes_wrong() -> None:
    nat = BindLimits(nat=(NatRule("tcp", (5000, 5000), "172.17.0.2:80"),), ephemeral=(4000, 6000))
    assert codes(tried("0.0.0.0", 5000), Surroundings(limits=nat)) == ["bind_but_translated", "bind_but_ephemeral"]
    for address in ("224.0.0.1", "255.255.255.255", "ff02::1%en0"):
        assert codes(tried(address, 5000), Surroundings(limits=LINUX)) == ["bind_but_no_host"]
    assert codes(Attempt("224.0.0.1", 5000, "udp", "v4"), Surroundings(limits=LINUX)) == []
    beside = Surroundings(limits=LINUX, listeners=(holder("0.0.0.0"),))
    assert codes(tried("127.0.0.1", 5000), beside) == ["bind_but_shared"]
    assert codes(tried("::1", 5000), beside) == ["bind_but_other_address"]
    assert codes(tried("fd00::1", 5000), beside) == ["bind_but_elsewhere"]
    assert codes(tried("10.0.0.1", 5000), Surroundings(limits=LINUX, listeners=(holder("127.0.0.1"),))) == [
        "bind_but_elsewhere"
    ]
    root = Surroundings(limits=BindLimits(privileged_below=1024, privileged=True))
    assert codes(tried("127.0.0.1", 53), root) == ["bind_by_right"]
    free = Surroundings(limits=BindLimits(privileged_below=1024, privileged=True, wildcard_free=True))
    assert codes(tried("0.0.0.0", 53), free) == []
    assert codes(tried("127.0.0.1", 53), free) == ["bind_by_right"]


@pytest.mark.parametrize(
    ("ephemeral", "advice"),
    [
        ((32768, 60999), "choose a port below 32768"),
        ((1024, 60999), "choose a port above 60999"),
        ((1024, 65535), "ip_local_reserved_ports=5000"),
        ((1000, 65535), "ip_local_reserved_ports=5000"),
    ],
)
@pytest.mark.parametrize("on", ["linux"], indirect=True)
def test_nobody_is_sent_to_ports_that_need_a_right(on: str, ephemeral: tuple[int, int], advice: str) -> None:
    for privileged in (False, True):
        limits = BindLimits(privileged_below=1024, privileged=privileged, ephemeral=ephemeral)
        problem = lent(tried("0.0.0.0", 5000), 40000, limits)
        assert problem is not None
        assert advice.replace("5000", "40000") in problem.remedy
        assert "Port 40000 lies in the range" in problem.text
    assert lent(tried("0.0.0.0", 5000), 80, LINUX) is None


@pytest.mark.parametrize("on", ["linux"], indirect=True)
def test_rules_that_may_not_be_read_are_warned_of_where_containers_run_else_said_to_be_unknown(
    on: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unseen = Surroundings(limits=BindLimits(nat=None))
    monkeypatch.setattr(bind_reasons, "interface_names", lambda: {1: "lo", 2: "en0"})
    assert codes(tried("0.0.0.0", 5000), unseen) == []
    problem = unknown(tried("0.0.0.0", 5000), unseen.limits)
    assert problem is not None
    assert problem.code == "bind_nat_unknown"
    assert unknown(tried("127.0.0.1", 5000), unseen.limits) is None
    assert unknown(tried("0.0.0.0", 5000), LINUX) is None
    monkeypatch.setattr(bind_reasons, "interface_names", lambda: {1: "lo", 2: "docker0"})
    assert codes(tried("0.0.0.0", 5000), unseen) == ["bind_translation_unseen"]
    assert unknown(tried("0.0.0.0", 5000), unseen.limits) is None
