"""The TCP sockets of one port among macOS's connections."""

from __future__ import annotations

from net.platform.macos.connections import connections
from net.platform.tcp_sockets import TcpSocket


def tcp_sockets(port: int) -> tuple[TcpSocket, ...]:
    """Those with a peer: one that is only bound is in no list of lsof or netstat. Raises OSError as they do."""
    return tuple(
        TcpSocket(
            # netstat writes FIN_WAIT_1 where tcp(7) has FIN_WAIT1
            state=each.state.lower().replace("fin_wait_", "fin_wait"),
            address=each.address.partition("%")[0],
            port=each.port,
            remote_address=each.remote_address.partition("%")[0],
            remote_port=each.remote_port,
            accepted=each.pid is not None,
            owner=each.owner,
            pid=each.pid,
            process=each.process,
            user=each.user,
        )
        for each in connections()
        if each.protocol == "tcp" and each.port == port
    )
