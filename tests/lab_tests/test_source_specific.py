"""Joins that choose their sources, and listening without joining, on real networks with several senders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab import Host, Lab, peers
from tests.lab.host import CommandFailedError

PORT = 23020
ANY_GROUP, SOURCE_GROUP = "239.66.1.1", "232.66.1.1"
BETA, GAMMA = "192.168.1.20", "192.168.1.1"
BETA_V6, GAMMA_V6 = "fd66:1::20", "fd66:1::1"


def _filters(host: Host, group: str) -> list[tuple[str, str, str, str]]:
    """Device, source, and how many sockets include and exclude it, as /proc/net/mcfilter has them."""
    with host.inside():
        table = Path("/proc/thread-self/net/mcfilter").read_text()
    rows = [line.split() for line in table.splitlines()[1:]]
    word = "0x" + bytes(int(part) for part in group.split(".")).hex()
    return [(row[1], row[3], row[4], row[5]) for row in rows if row[2] == word]


def _heard(lab: Lab, group: str, *words: str, senders: int = 2) -> set[str]:
    """The sources of datagrams heard on en0 while beta and gamma send, until that many senders have been heard.

    For fewer than are sending, the last word has ten datagrams of the one.
    """
    endpoint = f"[{group}]:{PORT}" if ":" in group else f"{group}:{PORT}"
    with (
        peers.talker(lab.beta, group, PORT, "from beta", seconds_between=0.01),
        peers.talker(lab.gamma, group, PORT, "from gamma", seconds_between=0.01),
    ):
        records = lab.alpha.lanscout("listen", endpoint, "--interface", "en0", "--count", "60", *words)
    found = {record["source"].partition("%")[0] for record in records if record["kind"] == "datagram"}
    assert len(found) == senders, (found, records[:3])
    return found


@pytest.mark.parametrize("group", [ANY_GROUP, SOURCE_GROUP])
def test_only_the_chosen_sender_arrives_and_the_kernel_says_include(lab: Lab, group: str) -> None:
    with (
        peers.talker(lab.beta, group, PORT, "from beta", seconds_between=0.01),
        peers.talker(lab.gamma, group, PORT, "from gamma", seconds_between=0.01),
        lab.alpha.lanscout_process("listen", f"{group}:{PORT}", "--interface", "en0", "--source", BETA) as listening,
    ):
        joined = listening.record("joined")
        assert (joined["source_filter"], joined["excluded"], joined["in_kernel"]) == ([BETA], [], True)
        assert _filters(lab.alpha, group) == [("en0", "0xc0a80114", "1", "0")]
        (membership,) = [each for each in lab.alpha.lanscout("groups") if each["group"] == group]
        assert (membership["interface"], membership["mode"], membership["sources"]) == ("en0", "include", [BETA])
        listening.wait_until(lambda: len(listening.records("datagram")) >= 60)
        listening.interrupt()
    assert {record["source"] for record in listening.records("datagram")} == {BETA}
    assert [stream["source"] for stream in listening.records("summary")[0]["streams"]] == [BETA]


def test_several_sources_may_be_chosen(lab: Lab) -> None:
    assert _heard(lab, SOURCE_GROUP, "--source", BETA, "--source", GAMMA) == {BETA, GAMMA}


def test_one_sender_can_be_kept_out(lab: Lab) -> None:
    assert _heard(lab, ANY_GROUP) == {BETA, GAMMA}
    assert _heard(lab, ANY_GROUP, "--exclude", BETA, senders=1) == {GAMMA}


def test_a_sender_kept_out_is_told_as_such(lab: Lab) -> None:
    with lab.alpha.lanscout_process(
        "listen", f"{ANY_GROUP}:{PORT}", "--interface", "en0", "--exclude", BETA
    ) as listening:
        joined = listening.record("joined")
        assert (joined["source_filter"], joined["excluded"], joined["in_kernel"]) == ([], [BETA], True)
        assert _filters(lab.alpha, ANY_GROUP) == [("en0", "0xc0a80114", "0", "1")]
        (membership,) = [each for each in lab.alpha.lanscout("groups") if each["group"] == ANY_GROUP]
        assert (membership["mode"], membership["sources"]) == ("exclude", [BETA])


@pytest.mark.parametrize(
    ("group", "option", "heard"),
    [("ff35::66", "--source", BETA_V6), ("ff15::66", "--source", BETA_V6), ("ff15::66", "--exclude", GAMMA_V6)],
)
def test_sources_are_chosen_in_ipv6_too(lab: Lab, group: str, option: str, heard: str) -> None:
    assert _heard(lab, group, option, BETA_V6, senders=1) == {heard}


def test_more_sources_than_the_kernel_takes_are_refused_with_the_setting(lab: Lab) -> None:
    words = [word for number in range(11) for word in ("--source", f"192.0.2.{number + 1}")]
    with pytest.raises(CommandFailedError, match="exit 3") as failure:
        lab.alpha.lanscout("listen", f"{SOURCE_GROUP}:{PORT}", "--interface", "en0", *words)
    assert "igmp_max_msf" in str(failure.value)


def test_a_source_specific_group_without_source_is_refused_with_what_to_do(lab: Lab) -> None:
    with pytest.raises(CommandFailedError, match="exit 2") as failure:
        lab.alpha.lanscout("listen", f"{SOURCE_GROUP}:{PORT}", "--interface", "en0")
    assert "source" in str(failure.value)


def test_observing_hears_what_another_program_joined_and_joins_nothing(fresh_lab: Lab) -> None:
    lab, endpoint = fresh_lab, f"{ANY_GROUP}:{PORT}"
    with (
        peers.talker(lab.beta, ANY_GROUP, PORT, "on LAN 1", seconds_between=0.01),
        peers.talker(lab.delta, ANY_GROUP, PORT, "on LAN 2", seconds_between=0.01),
        lab.alpha.lanscout_process("listen", endpoint, "--interface", "en0", "--observe") as observing,
    ):
        joined = observing.record("joined")
        assert (joined["observing"], joined["in_kernel"]) == (True, False)
        assert observing.record("problem")["code"] == "observing_nothing"
        assert not [each for each in lab.alpha.lanscout("groups") if each["group"] == ANY_GROUP]
        assert not observing.records("datagram")
        with peers.foreign_joiner(lab.alpha, ANY_GROUP, PORT, "en0", "en5"):
            observing.wait_until(lambda: len(observing.records("datagram")) >= 20)
            observing.record("joined", in_kernel=True)
            memberships = [each for each in lab.alpha.lanscout("groups") if each["group"] == ANY_GROUP]
            assert {(each["interface"], each["users"]) for each in memberships} == {("en0", 1), ("en5", 1)}
        observing.wait_until(lambda: observing.records("joined")[-1]["in_kernel"] is False)
        observing.interrupt()
    assert {(each["source"], each["interface"]) for each in observing.records("datagram")} == {(BETA, "en0")}
