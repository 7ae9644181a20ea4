"""The port ranges that netsh prints are read from recorded outputs."""

from __future__ import annotations

import pytest

from net.platform.windows import bind_limits
from net.platform.windows.bind_limits import parse_dynamic, parse_excluded
from tests.samples import sample

WINNAT = "windows/netsh-int-ipv4-show-excludedportrange--winnat"
HYPERV = "windows/netsh-interface-ipv4-show-excludedportrange--hyperv-4041"


def test_every_excluded_range_is_read_with_that_of_an_administrator() -> None:
    ranges = parse_excluded(sample(WINNAT))
    assert len(ranges) == 10
    assert ranges[:2] == ((5357, 5357), (5985, 5985))
    assert (50000, 50059) in ranges
    assert ranges[-1] == (59263, 59362)


def test_spaces_behind_a_range_do_no_harm() -> None:
    ranges = parse_excluded(sample(HYPERV))
    assert len(ranges) == 12
    assert (4041, 5040) in ranges


@pytest.mark.parametrize(("name", "range"), [("default", (49152, 65535)), ("widened-1024", (1024, 65534))])
def test_the_range_of_outgoing_ports_is_first_and_count(name: str, range: tuple[int, int]) -> None:  # noqa: A002
    assert parse_dynamic(sample(f"windows/netsh-int-ipv4-show-dynamicport-tcp--{name}")) == range


def test_what_is_no_table_says_nothing() -> None:
    assert parse_excluded("The system cannot find the file specified.\n") == ()
    assert parse_dynamic("") is None


def test_both_families_are_asked_and_a_netsh_that_fails_leaves_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def output(argv: tuple[str, ...]) -> str:
        asked.append(" ".join(argv))
        if "excludedportrange" in argv:
            return sample(WINNAT)
        raise FileNotFoundError(2, "netsh")

    monkeypatch.setattr(bind_limits, "output", output)
    limits = bind_limits.bind_limits("tcp")
    assert asked == [
        "netsh int ipv4 show excludedportrange protocol=tcp",
        "netsh int ipv6 show excludedportrange protocol=tcp",
        "netsh int ipv4 show dynamicport tcp",
    ]
    assert limits.reserved(50150) == (50101, 50200)
    assert limits.reserved(50060) is None
    assert limits.ephemeral == (49152, 65535)
    assert limits.privileged_below == 0
