"""The answer of route -n get, and its refusals, which it hides behind an exit status of 0."""

from __future__ import annotations

import errno

import pytest

from net.platform.commands import Outcome
from net.platform.macos.route import lookup, parse
from net.platform.protocol import Egress
from tests.samples import sample

ANSWER = """\
   route to: 198.51.100.7
destination: default
       mask: default
    gateway: 192.0.2.1
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
 recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
       0         0         0         0         0         0      1500         0
"""


def printed(stdout: str = "", stderr: str = "") -> Outcome:
    return Outcome(stdout=stdout, stderr=stderr, status=0)


def refusal(outcome: Outcome) -> int | None:
    with pytest.raises(OSError, match=r"198\.51\.100\.7") as caught:
        parse(outcome, "198.51.100.7")
    return caught.value.errno


def test_interface_and_gateway() -> None:
    assert parse(printed(ANSWER), "198.51.100.7") == Egress(interface="en0", gateway="192.0.2.1")


@pytest.mark.parametrize("gateway", ["link#7", "utun3", "fe80::%utun0"])
def test_a_link_is_no_gateway(gateway: str) -> None:
    assert parse(printed(ANSWER.replace("192.0.2.1", gateway)), "x").gateway is None


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("route: writing to routing socket: not in table\n", errno.ENETUNREACH),
        ("route: bad address: 203.0.113.256\n", errno.EINVAL),
        ("route: writing to routing socket: Network is unreachable\n", errno.ENETUNREACH),
        ("route: writing to routing socket: No route to host\n", errno.EHOSTUNREACH),
        ("route: something new\n", errno.EIO),
    ],
)
def test_words_of_refusal_become_their_errno(words: str, number: int) -> None:
    assert refusal(printed(stderr=words)) == number
    assert refusal(printed(stdout=words)) == number


def test_no_answer_at_all_is_no_route() -> None:
    assert refusal(printed()) == errno.ENETUNREACH


def test_a_rejecting_route_is_no_way_but_a_silent_neighbour_is() -> None:
    assert refusal(printed(ANSWER.replace("STATIC", "REJECT"))) == errno.ENETUNREACH
    silent = ANSWER.replace("STATIC", "REJECT,LLINFO")
    assert parse(printed(silent), "198.51.100.7").interface == "en0"


def test_what_is_no_address_is_refused_before_route_is_asked() -> None:
    for text in ("", "-host", "example.com", "203.0.113.256"):
        with pytest.raises(OSError, match="Invalid argument") as caught:
            lookup(text)
        assert caught.value.errno == errno.EINVAL


@pytest.mark.parametrize(
    ("name", "interface", "gateway"),
    [
        ("default-en0", "en0", "192.168.64.1"),
        ("multicast-224.0.0.251-en0", "en0", None),
        ("own-address-negative-expire", "en0", None),
        ("split-default-128-1", "en0", "192.168.64.1"),
        ("via-utun-no-gateway", "utun3", None),
    ],
)
def test_recorded_answers(name: str, interface: str, gateway: str | None) -> None:
    outcome = printed(sample(f"macos/route-get--{name}"))
    assert parse(outcome, "198.51.100.7") == Egress(interface=interface, gateway=gateway)


def test_the_recorded_refusal() -> None:
    assert refusal(printed(stderr=sample("macos/route-get--error-bad-address-stderr"))) == errno.EINVAL
