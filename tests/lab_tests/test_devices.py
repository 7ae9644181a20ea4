"""Devices of real peers: one row a host with all that mDNS, SSDP, WS-Discovery and the neighbours tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.lab import Advertised, Avahi, Background, Host, JsonRecord, Lab, peers

SSDP_UUID = "0eb4ce7a-3e2d-4b5c-9d3c-8f4b2c0c1d11"
WSD_UUID = "1eb4ce7a-3e2d-4b5c-9d3c-8f4b2c0c1d22"
BETA = {"192.168.1.20", "fd66:1::20", "fe80::66:1ff:fe00:20%en0"}
DELTA = "10.66.0.2"
WEB = Advertised(name="web", type="_http._tcp", port=80)


class Rows:
    """The devices as they stand."""

    def __init__(self, watching: Background) -> None:
        self.watching = watching

    def now(self) -> list[JsonRecord]:
        rows: dict[str, JsonRecord] = {}
        for record in self.watching.records():
            if record["kind"] == "device":
                rows[record["id"]] = record
            elif record["kind"] == "removed" and record["of"] == "device":
                rows.pop(record["name"], None)
        return list(rows.values())

    def of(self, address: str) -> list[JsonRecord]:
        return [row for row in self.now() if address in row["addresses"]]

    def wait(self, address: str, **facts: object) -> JsonRecord:
        """Until the one row of that address is as wished."""

        def standing() -> bool:
            found = self.of(address)
            return len(found) == 1 and all(found[0][name] == value for name, value in facts.items())

        self.watching.wait_until(standing, 15)
        return self.of(address)[0]


@contextmanager
def devices(host: Host, *words: str) -> Iterator[Rows]:
    with host.lanscout_process("devices", "--seconds", "60", *words) as watching:
        yield Rows(watching)


ALL = ["mdns", "ssdp", "ws_discovery", "neighbour"]


def test_a_host_that_speaks_every_protocol_is_one_row_with_all_sources(lab: Lab) -> None:
    with (
        Avahi(lab, lab.beta, (WEB,)),
        Avahi(lab, lab.delta, (Advertised(name="files", type="_smb._tcp", port=445),)),
        peers.discoverable(lab.beta, "ssdp", SSDP_UUID),
        peers.discoverable(lab.beta, "wsd", WSD_UUID),
        peers.discoverable(lab.delta, "ssdp", WSD_UUID.replace("1eb", "2eb")),
        devices(lab.alpha) as rows,
    ):
        beta = rows.wait("192.168.1.20", sources=ALL, uuids=[SSDP_UUID, WSD_UUID])
        delta = rows.wait(DELTA, sources=["mdns", "ssdp", "neighbour"])
        found = rows.now()
    assert set(beta["addresses"]) == BETA
    assert (beta["interfaces"], beta["hosts"], beta["macs"]) == (["en0"], ["beta.local"], ["02:66:01:00:00:20"])
    assert (beta["names"][0], beta["model"]) == ("Hall cam", "LabCam")
    assert {"_http._tcp", "Computer", "urn:schemas-upnp-org:device:MediaServer:1"} <= set(beta["services"])
    assert {merge["by"] for merge in beta["merges"]} >= {"address", "host"}
    assert not beta["clashes"]
    assert (delta["interfaces"], delta["hosts"]) == (["en5"], ["delta.local"])
    assert sum("192.168.1.20" in row["addresses"] or "beta.local" in row["hosts"] for row in found) == 1


def test_what_says_goodbye_leaves_the_row_and_the_rest_of_it_stays(lab: Lab) -> None:
    with (
        Avahi(lab, lab.beta, (WEB,)),
        peers.discoverable(lab.beta, "ssdp", SSDP_UUID) as media,
        peers.discoverable(lab.beta, "wsd", WSD_UUID) as camera,
        devices(lab.alpha, "--interface", "en0") as rows,
    ):
        rows.wait("192.168.1.20", sources=ALL)
        media.write("bye\n")
        rows.wait("192.168.1.20", sources=["mdns", "ws_discovery", "neighbour"])
        camera.write("bye\n")
        rows.wait("192.168.1.20", sources=["mdns", "neighbour"], uuids=[])


def test_quiet_sends_nothing_and_hears_what_is_announced(lab: Lab) -> None:
    with (
        peers.discoverable(lab.beta, "ssdp", SSDP_UUID) as media,
        peers.discoverable(lab.beta, "wsd", WSD_UUID) as camera,
        devices(lab.alpha, "--interface", "en0", "--quiet") as rows,
    ):
        rows.watching.record("device_search", interface="en0", sent=0)
        media.write("hello\n")
        camera.write("hello\n")
        row = rows.wait("192.168.1.20", uuids=[SSDP_UUID, WSD_UUID])
        searches = rows.watching.records("device_search")
    assert {"ssdp", "ws_discovery"} <= set(row["sources"])
    assert {search["sent"] for search in searches} == {0}


def test_a_foreign_process_that_joined_everywhere_moves_no_device_to_another_interface(lab: Lab) -> None:
    with (
        peers.foreign_joiner(lab.alpha, "239.255.255.250", 1900, "en0", "en5"),
        peers.foreign_joiner(lab.alpha, "239.255.255.250", 3702, "en0", "en5"),
        peers.discoverable(lab.beta, "ssdp", SSDP_UUID) as media,
        peers.discoverable(lab.delta, "wsd", WSD_UUID) as camera,
        devices(lab.alpha, "--interface", "en0") as rows,
    ):
        rows.wait("192.168.1.20", uuids=[SSDP_UUID])
        camera.write("hello\n")
        media.write("bye\n")
        media.write("hello\n")
        rows.wait("192.168.1.20", uuids=[SSDP_UUID])
        found = rows.now()
    assert {interface for row in found for interface in row["interfaces"]} == {"en0"}
    assert not any(WSD_UUID in row["uuids"] for row in found)


def test_proxy_arp_keeps_the_hosts_behind_it_apart(fresh_lab: Lab) -> None:
    lab = fresh_lab
    for address in ("192.168.1.77", "192.168.1.78"):
        lab.alpha.ip(f"neigh replace {address} lladdr 02:66:01:00:00:01 dev en0")
    with devices(lab.alpha, "--interface", "en0") as rows:
        one, other = rows.wait("192.168.1.77"), rows.wait("192.168.1.78")
    assert one["id"] != other["id"]
    assert [clash["code"] for clash in one["clashes"]] == ["mac_shared"]
