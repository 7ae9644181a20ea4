"""The standard lab as data: which host has which device on which LAN, and the commands that build it."""

from __future__ import annotations

import msgspec

SWITCH = "switch"
LANS = ("lan1", "lan2")
VPN_DEVICE = "utun3"
IPSEC_DEVICE = "ipsec0"
LAN_METRIC = 600
VPN_METRIC = 50


class Port(msgspec.Struct, frozen=True):
    """A host's device on a LAN. Addresses are without prefix: /24 and /64 throughout."""

    device: str
    lan: str
    v4: str
    v6: str
    mac: str


class Plan(msgspec.Struct, frozen=True):
    """A host: its ports, and its default gateways on the first of them (None: the link itself)."""

    name: str
    ports: tuple[Port, ...]
    gateway_v4: str | None = None
    gateway_v6: str | None = None


STANDARD = (
    Plan(
        "alpha",
        (
            Port("en0", "lan1", "192.168.1.23", "fd66:1::23", "02:66:01:00:00:23"),
            Port("en5", "lan2", "10.66.0.1", "fd66:2::1", "02:66:02:00:00:01"),
        ),
        "192.168.1.1",
        "fd66:1::1",
    ),
    Plan(
        "beta",
        (Port("en0", "lan1", "192.168.1.20", "fd66:1::20", "02:66:01:00:00:20"),),
        "192.168.1.1",
        "fd66:1::1",
    ),
    Plan("gamma", (Port("en0", "lan1", "192.168.1.1", "fd66:1::1", "02:66:01:00:00:01"),)),
    Plan("delta", (Port("en0", "lan2", "10.66.0.2", "fd66:2::2", "02:66:02:00:00:02"),)),
)


def lan_commands(lans: tuple[str, ...] = LANS) -> list[str]:
    """``ip`` lines for the switch: a bridge a LAN that forwards at once and floods all multicast."""
    lines = []
    for lan in lans:
        lines.append(f"link add {lan} type bridge mcast_snooping 0 forward_delay 0 stp_state 0")
        lines.append(f"link set {lan} up")
    return lines


def cable_commands(plan: Plan, netns: str) -> list[str]:
    """``ip`` lines for the switch that plug the host ``netns`` in."""
    lines = []
    for port in plan.ports:
        plug = f"{plan.name}-{port.device}"
        lines.append(f"link add {plug} type veth peer name {port.device} address {port.mac} netns {netns}")
        lines.append(f"link set {plug} master {port.lan} up")
    return lines


def host_commands(plan: Plan) -> list[str]:
    """``ip`` lines for the host: addresses, links up, default routes."""
    lines = ["link set lo up", *port_commands(plan)]
    first = plan.ports[0].device
    for every, gateway in (("0.0.0.0/0", plan.gateway_v4), ("::/0", plan.gateway_v6)):
        via = f"via {gateway} " if gateway else ""
        lines.append(f"route add {every} {via}dev {first} metric {LAN_METRIC}")
    return lines


def port_commands(plan: Plan) -> list[str]:
    """``ip`` lines for the host: addresses, links up."""
    lines = []
    for port in plan.ports:
        lines.append(f"address add {port.v4}/24 brd + dev {port.device}")
        lines.append(f"address add {port.v6}/64 dev {port.device} nodad")
        lines.append(f"link set {port.device} up")
    return lines


def tunnel_commands() -> list[str]:
    """``ip`` lines for alpha: both tunnels have their addresses, ipsec0 is up, utun3 waits for the VPN."""
    return [
        f"address add 10.8.0.2 peer 10.8.0.1 dev {VPN_DEVICE}",
        f"address add fd66:8::2/64 dev {VPN_DEVICE} nodad",
        f"address add 192.0.0.6/32 dev {IPSEC_DEVICE}",
        f"link set {IPSEC_DEVICE} up",
    ]


def vpn_commands() -> list[str]:
    """``ip`` lines for alpha that let the VPN take both default routes; taking the link down removes them."""
    return [
        f"link set {VPN_DEVICE} up",
        # Going down took the address of IPv6 with it (RFC 4862 says nothing of it; Linux's addrconf_ifdown does it).
        f"address replace fd66:8::2/64 dev {VPN_DEVICE} nodad",
        f"route add 0.0.0.0/0 dev {VPN_DEVICE} metric {VPN_METRIC}",
        f"route add ::/0 dev {VPN_DEVICE} metric {VPN_METRIC}",
    ]
