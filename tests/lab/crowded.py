"""Gives a host of the lab many devices, addresses and routes."""

from __future__ import annotations

from tests.lab.host import Host


def crowd(host: Host, interfaces: int, routes: int) -> None:
    """Pairs of veth devices up to ``interfaces`` devices in all, half of them with addresses, and ``routes`` by them.

    Among them are an MTU, flags and a point-to-point address that are not the usual ones.
    """
    present = len(host.run(["ip", "-o", "link"]).stdout.splitlines())
    pairs = max(1, (interfaces - present) // 2)
    lines = [f"link add many{number} type veth peer name more{number}" for number in range(pairs)]
    lines += [f"link set {end}{number} up" for end in ("many", "more") for number in range(pairs)]
    lines += [f"address add 10.{100 + number // 250}.{number % 250}.1/24 dev many{number}" for number in range(pairs)]
    lines += [f"address add fd66:99:{number:x}::1/64 dev many{number} nodad" for number in range(pairs)]
    lines += ["link set many0 mtu 1400", "link set many0 multicast off", "link set more0 down"]
    lines += ["address add 10.99.0.1 peer 10.99.0.2/32 dev more0"]
    lines += ["address add fd66:98::1/64 dev many0 nodad preferred_lft 0 valid_lft 600"]
    lines += [
        f"route add 172.{16 + number // 62500}.{number // 250 % 250}.{number % 250}/32 dev many{number % pairs}"
        for number in range(routes)
    ]
    host.run(["ip", "-batch", "-"], input="\n".join(lines))
