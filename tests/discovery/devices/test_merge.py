"""What is one device and what is not: each rule, and each way in which an identity can lie."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from discovery.devices.device import Ids, device
from discovery.devices.merge import MOST_PER_UUID, Cluster, merge
from discovery.devices.statement import Statement

T = 1_000_000.0
UUID = "2f402f80-da50-11e1-9b23-001788685f61"
MAC, OTHER_MAC = "38:94:ed:01:02:f3", "38:94:ed:01:02:f4"


def host(
    name: str, *addresses: str, spoke: tuple[str, ...] | None = None, on: str = "en0", uuid: str = ""
) -> Statement:
    """mDNS: the name with its addresses, told from all of them unless ``spoke`` says from which."""
    return Statement(
        source="mdns",
        interface=on,
        subject=name,
        first=T,
        last=T,
        addresses=addresses,
        spoke=frozenset(addresses if spoke is None else spoke),
        told_by="192.168.1.99",
        host=name,
        uuids=frozenset((uuid,)) if uuid else frozenset(),
    )


def neighbour(address: str, mac: str = MAC, on: str = "en0") -> Statement:
    return Statement(
        source="neighbour", interface=on, subject=address, first=T, last=T, addresses=(address,),
        spoke=frozenset((address,)), mac=mac,
    )  # fmt: skip


def ssdp(address: str, uuid: str = UUID, on: str = "en0") -> Statement:
    return Statement(
        source="ssdp", interface=on, subject=f"{uuid} {address}", first=T, last=T, addresses=(address,),
        spoke=frozenset((address,)), told_by=address, uuids=frozenset((uuid,)),
    )  # fmt: skip


def groups(clusters: list[Cluster]) -> set[frozenset[str]]:
    return {frozenset(f"{each.source} {each.subject}" for each in cluster.statements) for cluster in clusters}


def clashes(clusters: list[Cluster]) -> set[str]:
    return {clash.code for cluster in clusters for clash in cluster.clashes.values()}


def test_one_host_is_one_device_over_address_host_mac_and_uuid() -> None:
    (one,) = merge(
        [
            host("beta.local", "192.168.1.20"),
            neighbour("192.168.1.20"),
            neighbour("fe80::20%en0"),
            ssdp("fe80::20%en0"),
            ssdp("fd66::20"),
        ]
    )
    assert {(each.by, each.value) for each in one.merges.values()} == {
        ("address", "192.168.1.20"),
        ("address", "fe80::20%en0"),
        ("mac", MAC),
        ("uuid", UUID),
    }
    assert not one.clashes


def test_the_same_address_on_another_interface_is_another_device() -> None:
    assert len(merge([ssdp("192.168.1.20", UUID), neighbour("192.168.1.20", on="en5")])) == 2


def test_proxy_arp_does_not_make_one_device_of_all_it_answers_for() -> None:
    found = merge([neighbour("192.168.1.20"), neighbour("192.168.1.21"), neighbour("fe80::20%en0")])
    assert len(found) == 3
    assert clashes(found) == {"mac_shared"}


def test_several_addresses_that_a_host_names_are_no_proxy() -> None:
    found = merge(
        [host("b.local", "192.168.1.20", "192.168.1.21"), neighbour("192.168.1.20"), neighbour("192.168.1.21")]
    )
    assert len(found) == 1
    assert not clashes(found)


def test_the_mac_of_a_gateway_brings_only_its_own_addresses_along() -> None:
    found = merge(
        [neighbour("192.168.1.1"), neighbour("fe80::1%en0"), neighbour("2001:db8::7")], ("192.168.1.1", "fe80::1%en0")
    )
    assert groups(found) == {
        frozenset(("neighbour 192.168.1.1", "neighbour fe80::1%en0")),
        frozenset(("neighbour 2001:db8::7",)),
    }


def test_a_sleep_proxy_is_not_the_sleeper() -> None:
    found = merge(
        [
            host("appletv.local", "192.168.1.5"),
            host("mac.local", "fd66::9", spoke=()),
            neighbour("192.168.1.5"),
            neighbour("fd66::9"),
        ]
    )
    assert len(found) == 2
    assert clashes(found) == {"mac_of_hosts"}


def test_two_hosts_that_speak_behind_one_mac_stay_two() -> None:
    found = merge(
        [host("a.local", "192.168.1.5"), host("b.local", "fd66::9"), neighbour("192.168.1.5"), neighbour("fd66::9")]
    )
    assert len(found) == 2
    assert clashes(found) == {"mac_of_hosts"}


def test_a_host_that_claims_the_address_of_another_does_not_take_it() -> None:
    found = merge([host("evil.local", "192.168.1.66", "192.168.1.20", spoke=("192.168.1.66",)),
                   host("beta.local", "192.168.1.20"), ssdp("192.168.1.20")])  # fmt: skip
    assert frozenset(("mdns beta.local", f"ssdp {UUID} 192.168.1.20")) in groups(found)
    assert len(found) == 2
    assert clashes(found) == {"claimed_of_host"}


def test_two_responders_of_one_machine_are_one_device_and_accuse_each_other_of_nothing() -> None:
    both = ("192.168.1.20", "fe80::20%en0")
    found = merge([host("beta.local", *both), host("printa.local", *both, spoke=("192.168.1.20",)),
                   neighbour("192.168.1.20"), neighbour("fe80::20%en0")])  # fmt: skip
    assert len(found) == 1
    assert not clashes(found)


def test_a_host_that_claims_an_address_with_another_mac_does_not_take_it() -> None:
    found = merge([host("evil.local", "192.168.1.66", "192.168.1.1", spoke=("192.168.1.66",)),
                   neighbour("192.168.1.66"), neighbour("192.168.1.1", OTHER_MAC)])  # fmt: skip
    assert groups(found) == {
        frozenset(("mdns evil.local", "neighbour 192.168.1.66")),
        frozenset(("neighbour 192.168.1.1",)),
    }
    assert clashes(found) == {"claimed_of_mac"}


def test_one_who_speaks_for_others_brings_no_two_of_them_together() -> None:
    found = merge([host("evil.local", "192.168.1.1", "192.168.1.20", spoke=()),
                   neighbour("192.168.1.1"), neighbour("192.168.1.20", OTHER_MAC)])  # fmt: skip
    assert len(found) == 3
    assert clashes(found) == {"claimed_of_many"}


def test_two_network_cards_of_one_host_are_one_device() -> None:
    found = merge([host("mac.local", "192.168.1.5", "192.168.1.6"),
                   neighbour("192.168.1.5"), neighbour("192.168.1.6", OTHER_MAC)])  # fmt: skip
    assert len(found) == 1


def test_a_reflected_host_is_not_the_reflector() -> None:
    found = merge([host("router.local", "192.168.1.1"), host("delta.local", "10.66.0.2", spoke=())])
    assert len(found) == 2


def test_a_host_on_two_links_is_one_device_where_address_or_mac_say_so_too() -> None:
    assert len(merge([host("delta.local", "10.66.0.2", on="en5"), host("delta.local", "10.66.0.2", spoke=())])) == 1
    one = [host("d.local", "192.168.1.2"), neighbour("192.168.1.2")]
    other = [host("d.local", "10.66.0.2", on="en5"), neighbour("10.66.0.2", on="en5")]
    assert len(merge([*one, *other])) == 1


def test_the_same_name_on_two_links_alone_proves_nothing() -> None:
    assert len(merge([host("printer.local", "192.168.1.2"), host("printer.local", "10.66.0.2", on="en5")])) == 2


def test_a_uuid_makes_one_device_of_two_links() -> None:
    assert len(merge([ssdp("192.168.1.2"), ssdp("10.66.0.2", on="en5")])) == 1


def test_a_uuid_that_two_macs_of_one_link_have_is_told_and_not_believed() -> None:
    found = merge([ssdp("192.168.1.2"), neighbour("192.168.1.2"), ssdp("192.168.1.3"),
                   neighbour("192.168.1.3", OTHER_MAC)])  # fmt: skip
    assert len(found) == 2
    assert clashes(found) == {"uuid_repeated"}


def test_a_uuid_that_hosts_of_different_names_have_is_not_believed() -> None:
    found = merge([host("a.local", "192.168.1.2", uuid=UUID), host("b.local", "192.168.1.3", uuid=UUID)])
    assert len(found) == 2


def test_a_uuid_that_comes_with_the_firmware_makes_no_device() -> None:
    found = merge([ssdp(f"192.168.1.{number}") for number in range(1, MOST_PER_UUID + 3)])
    assert len(found) == MOST_PER_UUID + 2
    assert clashes(found) == {"uuid_of_many"}


def test_a_row_keeps_its_id_while_things_join_it_and_leave_it() -> None:
    ids = Ids()
    first, second = ssdp("192.168.1.2"), neighbour("192.168.1.2")
    beside = neighbour("192.168.1.9", OTHER_MAC)
    before = {device(name, each, ()).addresses: name for name, each in ids.name(merge([second, beside]))}
    for statements in ([first, second, beside], [first, beside]):
        after = {device(name, each, ()).addresses: name for name, each in ids.name(merge(statements))}
        assert after == before


SOME = st.one_of(
    st.builds(
        host,
        st.sampled_from(("a.local", "b.local")),
        st.sampled_from(("192.168.1.1", "192.168.1.2", "fe80::1%en0")),
        st.sampled_from(("192.168.1.3", "192.168.1.2")),
        spoke=st.sampled_from(((), ("192.168.1.2",))),
    ),
    st.builds(
        neighbour, st.sampled_from(("192.168.1.1", "192.168.1.2", "fe80::1%en0")), st.sampled_from((MAC, OTHER_MAC))
    ),
    st.builds(ssdp, st.sampled_from(("192.168.1.1", "fe80::1%en0", "192.168.1.4"))),
)


@given(st.lists(SOME, max_size=12, unique_by=lambda each: each.key))
def test_every_statement_is_of_one_device_whatever_is_told(statements: list[Statement]) -> None:
    found = merge(statements, ("192.168.1.1",))
    assert sorted(id(each) for cluster in found for each in cluster.statements) == sorted(map(id, statements))
    assert groups(found) == groups(merge(statements, ("192.168.1.1",)))
    for number, cluster in enumerate(found):
        device(str(number), cluster, ())
