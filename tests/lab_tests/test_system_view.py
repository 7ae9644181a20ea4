"""What Avahi tells over D-Bus, set beside what is heard here: nothing on a healthy link, and why where they differ."""

from __future__ import annotations

import sys

from tests.lab import Advertised, Avahi, JsonRecord, Lab
from tests.lab.process import Background

WEB = Advertised(name="web", type="_http._tcp", port=80)
SERVICES = (
    WEB,
    Advertised(name="Drucker im 1. Stock", type="_ipp._tcp", port=631, subtypes=("_universal",), txt=("rp=a",)),
    Advertised(name="files", type="_smb._tcp", port=445),
)
OWN = Advertised(name="own", type="_ssh._tcp", port=22)

SPEAKER = """
import asyncio, sys
from dbus_fast import DBusError, PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.constants import BusType
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

class Manager(ServiceInterface):
    @dbus_property(access=PropertyAccess.READ)
    def MulticastDNS(self) -> "s":
        return "resolve"

class Server(ServiceInterface):
    @dbus_method()
    def GetVersionString(self) -> "s":
        raise DBusError("org.freedesktop.Avahi.AccessDeniedError", "Access denied")

async def main(name, path, interface):
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    bus.export(path, Manager(interface) if "resolve1" in name else Server(interface))
    await bus.request_name(name)
    print("there", flush=True)
    await bus.wait_for_disconnect()

asyncio.run(main(*sys.argv[1:]))
"""
"""Stands on the bus in place of systemd-resolved, or of an Avahi that refuses."""
AS_RESOLVED = ("org.freedesktop.resolve1", "/org/freedesktop/resolve1", "org.freedesktop.resolve1.Manager")
AS_AVAHI = ("org.freedesktop.Avahi", "/", "org.freedesktop.Avahi.Server")


def speaker(avahi: Avahi, *words: str) -> Background:
    process = avahi.host.start([sys.executable, "-c", SPEAKER, *words], env=avahi.environment)
    process.wait_for("there")
    return process


def watch(avahi: Avahi, *words: str, seconds: str = "60") -> Background:
    """`lanscout system` on the daemon's host, asking that daemon."""
    return avahi.host.lanscout_process("system", "--seconds", seconds, *words, env=avahi.environment)


def rows(watching: Background) -> dict[tuple[str, str], JsonRecord]:
    """The last state of each, by name and interface."""
    found: dict[tuple[str, str], JsonRecord] = {}
    for record in watching.records("system_service"):
        found[record["name"], record["interface"]] = record
    return found


def test_on_a_healthy_link_both_know_the_same_of_both_interfaces_and_of_this_computer(lab: Lab) -> None:
    with (
        Avahi(lab, lab.beta, SERVICES),
        Avahi(lab, lab.delta, SERVICES),
        Avahi(lab, lab.alpha, (OWN,), bus=True) as avahi,
        watch(avahi, seconds="6") as watching,
    ):
        assert watching.wait(20) == 0, watching.errors
    (responder,) = {
        (each["name"], each["version"], each["state"]) for each in watching.records("system_responder")[-1:]
    }
    assert responder == ("avahi-daemon", "0.8", "answering")
    every = watching.records("system_service")
    assert [row for row in every if row["difference"] is not None] == []
    names = ("web", "Drucker im 1. Stock", "files", "own")
    assert set(rows(watching)) == {(name, interface) for name in names for interface in ("en0", "en5")}
    hosts = {(row["interface"], row["host"]) for row in rows(watching).values() if row["name"] != "own"}
    assert hosts == {("en0", "beta.local."), ("en5", "delta.local.")}
    assert rows(watching)["web", "en5"]["port"] == 80


def test_an_interface_that_avahi_is_denied_is_known_here_only_and_the_reason_is_policy(lab: Lab) -> None:
    with (
        Avahi(lab, lab.beta, (WEB,)),
        Avahi(lab, lab.delta, (WEB,)),
        Avahi(lab, lab.alpha, denied=("en5",), bus=True) as avahi,
        watch(avahi) as watching,
    ):
        row = watching.record("system_service", 20, interface="en5")
        assert row["difference"] == "only_raw"
        assert (row["ours"], row["system"]) == (True, False)
        assert "deny-interfaces" in row["text"]
        assert row["host"] == "delta.local.", "the one of that name on en0 is another host"
        assert watching.record("system_service", interface="en0")["difference"] is None


def test_a_type_is_compared_alone_where_one_is_named(lab: Lab) -> None:
    with (
        Avahi(lab, lab.beta, SERVICES),
        Avahi(lab, lab.alpha, (OWN,), bus=True) as avahi,
        watch(avahi, "_ipp._tcp", "--interface", "en0", seconds="4") as watching,
    ):
        assert watching.wait(20) == 0, watching.errors
    assert set(rows(watching)) == {("Drucker im 1. Stock", "en0")}


def test_an_avahi_that_stops_is_absent_and_its_services_are_heard_here_only_until_it_is_back(lab: Lab) -> None:
    with (
        Avahi(lab, lab.beta, (WEB,)),
        Avahi(lab, lab.alpha, bus=True) as avahi,
        watch(avahi, "--interface", "en0") as watching,
    ):
        watching.record("system_service", 20, name="web", difference=None)
        avahi.daemon.close()
        assert "avahi-daemon" in watching.record("system_responder", state="absent")["text"]
        row = watching.record("system_service", 20, name="web", difference="only_raw")
        assert "no responder" in row["text"]
        seen = len(watching.records("system_service"))
        avahi.start_again()
        watching.wait_until(
            lambda: any(each["difference"] is None for each in watching.records("system_service")[seen:]), 20
        )


def test_without_a_bus_the_responder_is_absent_and_what_is_heard_is_told_all_the_same(lab: Lab) -> None:
    nowhere = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={lab.folder}/no-bus"}
    with (
        Avahi(lab, lab.beta, (WEB,)),
        lab.alpha.lanscout_process("system", "--seconds", "60", env=nowhere) as watching,
    ):
        responder = watching.record("system_responder", 20, state="absent")
        assert "system bus cannot be reached" in responder["text"]
        assert watching.record("system_service", 20, interface="en0")["difference"] == "only_raw"


def test_what_avahi_keeps_of_a_host_that_died_is_known_to_the_system_only(lab: Lab) -> None:
    beta = Avahi(lab, lab.beta, (WEB,))
    with beta, Avahi(lab, lab.alpha, bus=True) as avahi:
        with watch(avahi, "--interface", "en0") as before:
            before.record("system_service", 20, name="web", difference=None)
            before.interrupt()
        beta.die()
        with watch(avahi, "--interface", "en0") as watching:
            row = watching.record("system_service", 20, name="web")
            assert row["difference"] == "only_system"
            assert "without a goodbye" in row["text"] or "not one packet of another host" in row["text"]
            assert row["host"] == "beta.local."


def test_a_service_that_comes_and_goes_leaves_no_difference_behind(lab: Lab) -> None:
    beta = Avahi(lab, lab.beta, (WEB,))
    with beta, Avahi(lab, lab.alpha, bus=True) as avahi, watch(avahi, "--interface", "en0") as watching:
        watching.record("system_service", 20, name="web", difference=None)
        beta.put(OWN)
        watching.record("system_service", name="own", difference=None)
        beta.withdraw("own")
        watching.record("removed", of="system_service", name="own._ssh._tcp.local en0")
        watching.interrupt()
    assert {row["difference"] for row in watching.records("system_service")} == {None}


def test_systemd_resolved_is_named_where_it_is_the_responder(lab: Lab) -> None:
    with (
        Avahi(lab, lab.alpha, bus=True) as avahi,
        speaker(avahi, *AS_RESOLVED),
        watch(avahi, "--interface", "en0") as watching,
    ):
        watching.record("system_responder", 20, state="answering")
        avahi.daemon.close()
        responder = watching.record("system_responder", 20, name="systemd-resolved")
        assert responder["state"] == "absent"
        assert "MulticastDNS=resolve" in responder["text"]
        watching.record("removed", of="system_responder", name="avahi-daemon")


def test_an_avahi_that_refuses_is_told_with_its_own_error_and_explains_each_difference(lab: Lab) -> None:
    with Avahi(lab, lab.beta, (WEB,)), Avahi(lab, lab.alpha, bus=True) as avahi:
        avahi.daemon.close()
        with speaker(avahi, *AS_AVAHI), watch(avahi, "--interface", "en0") as watching:
            responder = watching.record("system_responder", 20, state="refused")
            assert responder["error_name"] == "org.freedesktop.Avahi.AccessDeniedError"
            row = watching.record("system_service", 20, name="web")
            assert row["difference"] == "only_raw"
            assert "refuses" in row["text"]


def test_three_hundred_services_are_the_same_to_both(lab: Lab) -> None:
    many = tuple(Advertised(name=f"s{number}", type=f"_t{number % 30}._tcp", port=number + 1) for number in range(300))
    with (
        Avahi(lab, lab.beta, many),
        Avahi(lab, lab.alpha, bus=True) as avahi,
        watch(avahi, "--interface", "en0", seconds="9") as watching,
    ):
        assert watching.wait(30) == 0, watching.errors
    found = rows(watching)
    assert len(found) == 300
    assert {row["difference"] for row in watching.records("system_service")} == {None}
    assert {row["port"] for row in found.values()} == set(range(1, 301))


def test_the_rows_of_an_interface_that_vanishes_are_removed(fresh_lab: Lab) -> None:
    with (
        Avahi(fresh_lab, fresh_lab.delta, (WEB,)),
        Avahi(fresh_lab, fresh_lab.alpha, bus=True) as avahi,
        watch(avahi) as watching,
    ):
        watching.record("system_service", 20, name="web", interface="en5", difference=None)
        fresh_lab.alpha.ip("link delete en5")
        watching.record("removed", 20, of="system_service", name="web._http._tcp.local en5")
