"""Has a socket joined as many groups, or sources of a group, as the system allows (Linux)?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diagnosis.context import Context
from diagnosis.findings import make_finding, unjudged
from diagnosis.records import Finding
from net.host import this_host
from net.platform.membership_limits import MembershipLimits, membership_limits
from net.platform.protocol import DatagramSocket
from net.text import visible


async def check(context: Context) -> tuple[Finding, ...]:
    """Each socket is asked for its memberships (root, or the person's own programs); its next join would be refused."""
    limits = membership_limits()
    if limits is None:
        return ()
    try:
        sockets = await context.sockets()
    except OSError as error:
        return (unjudged("sockets", f"sock_diag: {error.strerror or error}."),)
    found = (_full(sock, limits) for sock in sockets)
    full = tuple({finding.subject: finding for finding in found if finding is not None}.values())
    return (*full, *_left_open(sockets))


def _left_open(sockets: Sequence[DatagramSocket]) -> Iterator[Finding]:
    too_many = sum(sock.unasked for sock in sockets)
    if too_many:
        why = (
            f"Not looked into: {too_many} UDP sockets, as to ask each for each group of this host would take too long."
        )
        yield unjudged("memberships of a host with many sockets", why)
    # Root may ask all of them; one that did not answer was closed meanwhile. The kernel's own have no inode.
    silent = (sock.held is None and not sock.unasked and sock.identity != 0 for sock in sockets)
    refused = sum(silent) if not this_host().root else 0
    if refused:
        yield unjudged("memberships of other users' sockets", f"{refused} UDP sockets may not be asked.")


def _full(sock: DatagramSocket, limits: MembershipLimits) -> Finding | None:
    held = [each for each in sock.held or () if ":" not in each.group]
    if len(held) >= limits.groups:
        return _finding(sock, "groups", len(held), "net.ipv4.igmp_max_memberships", limits.groups)
    for each in sock.held or ():
        six = ":" in each.group
        most = limits.sources_v6 if six else limits.sources_v4
        if most and each.sources >= most:
            setting = "net.ipv6.mld_max_msf" if six else "net.ipv4.igmp_max_msf"
            return _finding(sock, f"sources of {each.group}", each.sources, setting, most)
    return None


def _finding(sock: DatagramSocket, what: str, count: int, setting: str, most: int) -> Finding:
    subject = f"{visible(sock.process or 'a program')} ({sock.pid})"
    groups = ", ".join(f"{each.group} on {each.interface}" for each in (sock.held or ())[:5])
    return make_finding(
        "memberships_full",
        subject,
        "warning",
        "proven",
        (
            f"The socket at {sock.address} port {sock.port} holds {count} {what} (asked for each).",
            f"{setting} is {most}.",
            f"Among them: {groups}.",
        ),
        what=what,
        setting=setting,
        most=most,
        more=4 * most,
    )
