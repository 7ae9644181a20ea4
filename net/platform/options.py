"""Socket option numbers, one table per operating system, for the names that Python's socket module lacks.

Linux: include/uapi/linux/in.h, in6.h and asm-generic/socket.h. macOS: xnu bsd/netinet/in.h, bsd/netinet6/in6.h and
bsd/sys/socket.h. Windows: ws2ipdef.h and ws2tcpip.h.
"""

from __future__ import annotations

from typing import Final

import msgspec

from net.platform.system import SYSTEM


class SocketOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers as the system's headers define them; None where it has no such option."""

    ip_multicast_if: int
    ip_multicast_ttl: int
    ip_multicast_loop: int
    ip_add_membership: int
    ip_drop_membership: int
    ip_add_source_membership: int
    ip_drop_source_membership: int
    mcast_join_source_group: int
    mcast_block_source: int
    ip_multicast_all: int | None
    ip_pktinfo: int
    ip_pktinfo_message: int
    ip_recvttl: int
    ip_ttl_message: int
    ipv6_join_group: int
    ipv6_leave_group: int
    ipv6_multicast_if: int
    ipv6_multicast_hops: int
    ipv6_multicast_loop: int
    ipv6_multicast_all: int | None
    ipv6_tclass: int
    ipv6_recvpktinfo: int
    ipv6_pktinfo_message: int
    ipv6_recvhoplimit: int
    ipv6_hoplimit_message: int
    so_timestamp: int | None
    so_timestamp_message: int | None
    so_rxq_ovfl: int | None
    so_rcvbufforce: int | None = None
    so_meminfo: int | None = None
    so_bindtodevice: int = 0
    ip_bound_if: int = 0
    ipv6_bound_if: int = 0
    ip_unicast_if: int = 0
    joins_with_mreqn: bool = False
    """Whether a join takes struct ip_mreqn. macOS would read its first 8 bytes and misplace the index in silence."""
    source_before_interface: bool = True
    """Field order of struct ip_mreq_source; Linux has the interface first."""
    sockaddr_has_length: bool = False
    """Whether a sockaddr begins with its length, and struct group_source_req has no gap after the index (macOS)."""
    timestamp_in_nanoseconds: bool = False
    buffer_doubled: bool = False
    """Whether the kernel grants, and counts in, twice the receive buffer asked for, as room for its own overhead."""
    buffer_limit: str | None = None
    """The setting that caps a receive buffer."""
    binds_to_group: bool = True
    """Whether a socket can be bound to a group's address, so that the kernel filters other groups."""


LINUX: Final = SocketOptions(
    ip_multicast_if=32,
    ip_multicast_ttl=33,
    ip_multicast_loop=34,
    ip_add_membership=35,
    ip_drop_membership=36,
    ip_add_source_membership=39,
    ip_drop_source_membership=40,
    mcast_join_source_group=46,
    mcast_block_source=43,
    ip_multicast_all=49,
    ip_pktinfo=8,
    ip_pktinfo_message=8,
    ip_recvttl=12,
    ip_ttl_message=2,
    ipv6_join_group=20,
    ipv6_leave_group=21,
    ipv6_multicast_if=17,
    ipv6_multicast_hops=18,
    ipv6_multicast_loop=19,
    ipv6_multicast_all=29,
    ipv6_tclass=67,
    ipv6_recvpktinfo=49,
    ipv6_pktinfo_message=50,
    ipv6_recvhoplimit=51,
    ipv6_hoplimit_message=52,
    so_timestamp=35,
    so_timestamp_message=35,
    so_rxq_ovfl=40,
    so_rcvbufforce=33,
    so_meminfo=55,
    so_bindtodevice=25,
    joins_with_mreqn=True,
    source_before_interface=False,
    timestamp_in_nanoseconds=True,
    buffer_doubled=True,
    buffer_limit="net.core.rmem_max",
)

MACOS: Final = SocketOptions(
    ip_multicast_if=9,
    ip_multicast_ttl=10,
    ip_multicast_loop=11,
    ip_add_membership=12,
    ip_drop_membership=13,
    ip_add_source_membership=70,
    ip_drop_source_membership=71,
    mcast_join_source_group=82,
    mcast_block_source=84,
    ip_multicast_all=None,
    ip_pktinfo=26,
    ip_pktinfo_message=26,
    ip_recvttl=24,
    ip_ttl_message=24,
    ipv6_join_group=12,
    ipv6_leave_group=13,
    ipv6_multicast_if=9,
    ipv6_multicast_hops=10,
    ipv6_multicast_loop=11,
    ipv6_multicast_all=None,
    ipv6_tclass=36,
    ipv6_recvpktinfo=61,
    ipv6_pktinfo_message=46,
    ipv6_recvhoplimit=37,
    ipv6_hoplimit_message=47,
    so_timestamp=0x400,
    so_timestamp_message=2,
    so_rxq_ovfl=None,
    ip_bound_if=25,
    ipv6_bound_if=125,
    sockaddr_has_length=True,
    buffer_limit="kern.ipc.maxsockbuf",
)

WINDOWS: Final = SocketOptions(
    ip_multicast_if=9,
    ip_multicast_ttl=10,
    ip_multicast_loop=11,
    ip_add_membership=12,
    ip_drop_membership=13,
    ip_add_source_membership=15,
    ip_drop_source_membership=16,
    mcast_join_source_group=45,
    mcast_block_source=43,
    ip_multicast_all=None,
    ip_pktinfo=19,
    ip_pktinfo_message=19,
    ip_recvttl=21,
    ip_ttl_message=21,
    ipv6_join_group=12,
    ipv6_leave_group=13,
    ipv6_multicast_if=9,
    ipv6_multicast_hops=10,
    ipv6_multicast_loop=11,
    ipv6_multicast_all=None,
    ipv6_tclass=39,
    ipv6_recvpktinfo=19,
    ipv6_pktinfo_message=19,
    ipv6_recvhoplimit=21,
    ipv6_hoplimit_message=21,
    so_timestamp=None,
    so_timestamp_message=None,
    so_rxq_ovfl=None,
    ip_unicast_if=31,
    binds_to_group=False,
)

OPTIONS: Final[SocketOptions] = {"linux": LINUX, "macos": MACOS, "windows": WINDOWS}[SYSTEM]
"""The table of this system."""
