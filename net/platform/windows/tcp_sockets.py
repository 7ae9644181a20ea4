"""The TCP sockets of one port from Windows' table (GetExtendedTcpTable), which names their processes to everybody."""

from __future__ import annotations

import errno

from net.platform.process_facts import Facts, facts
from net.platform.tcp_sockets import TcpSocket


def tcp_sockets(port: int) -> tuple[TcpSocket, ...]:
    """Every TCP socket with this port of its own that does not listen. Raises OSError where psutil is refused."""
    import psutil

    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.Error as error:
        raise OSError(errno.EACCES, str(error)) from error
    found = []
    for each in connections:
        if not each.laddr or each.laddr.port != port or each.status == psutil.CONN_LISTEN:
            continue
        # Of a closed connection the table keeps the row, but process 0.
        about = facts(each.pid) if each.pid else Facts()
        found.append(
            TcpSocket(
                state=each.status.lower(),
                address=each.laddr.ip.partition("%")[0],
                port=port,
                remote_address=each.raddr.ip.partition("%")[0] if each.raddr else "",
                remote_port=each.raddr.port if each.raddr else 0,
                accepted=bool(each.pid),
                owner="proved" if each.pid else "hidden",
                pid=each.pid or None,
                process=about.name,
                user=about.user,
            )
        )
    return tuple(found)
