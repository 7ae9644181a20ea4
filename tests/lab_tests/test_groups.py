"""The groups of a host: mode, sources, users, well-known name, and who probably holds them."""

from __future__ import annotations

from tests.lab import Lab, peers

GROUP = "224.224.0.77"


def test_a_group_is_told_with_its_users_and_the_process_bound_to_it(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    with (
        peers.iperf_receiver(alpha, GROUP, 23019) as iperf,
        alpha.lanscout_process(
            "listen", "232.1.1.1:5004", "--source", "192.168.1.20", "--interface", "en0"
        ) as listener,
    ):
        listener.record("joined")
        told = {record["group"]: record for record in alpha.lanscout("groups", "--interface", "en0")}
    assert (told[GROUP]["users"], told[GROUP]["mode"], told[GROUP]["sources"]) == (1, "exclude", [])
    assert told[GROUP]["processes"] == [f"iperf ({iperf.pid})"]
    assert (told["232.1.1.1"]["mode"], told["232.1.1.1"]["sources"]) == ("include", ["192.168.1.20"])
    assert told["224.0.0.1"]["processes"] == []


def test_a_group_is_told_for_each_interface_and_is_gone_with_its_program(fresh_lab: Lab) -> None:
    with peers.foreign_joiner(fresh_lab.alpha, GROUP, 23019, "en0", "en5"):
        told = [record for record in fresh_lab.alpha.lanscout("groups") if record["group"] == GROUP]
        assert {record["interface"] for record in told} == {"en0", "en5"}
    assert GROUP not in {record["group"] for record in fresh_lab.alpha.lanscout("groups")}
