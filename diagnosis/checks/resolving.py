"""Does each DNS server of this system answer, by every transport and by its own interface?"""

from __future__ import annotations

from contextlib import aclosing

from diagnosis.context import Context
from diagnosis.findings import finding_of
from diagnosis.records import Finding, Severity
from net.problems import ProblemError
from net.requests import ResolveRequest
from net.resolvers.records import Resolver
from net.resolvers.resolve import resolve
from net.resolvers.sentences import server_text
from net.verdict import Verdict

NAME = "example.com"
"""Kept to be asked for (RFC 2606): it tells a server nothing about who asks."""
TRIES = 2
SYSTEM_SECONDS = 4.0
SEVERITIES: dict[str, Severity] = {
    "resolve_udp_filtered": "error",
    "resolve_refused": "error",
    "resolve_silent": "error",
    "resolve_unreachable": "error",
    "resolve_closes": "error",
    "resolve_forbidden": "error",
    "resolve_no_zone": "error",
    "resolve_wrong_interface": "error",
    "resolve_wrong_interface_refused": "error",
    "resolve_other_source": "error",
    "resolve_malformed": "error",
    "resolve_large_lost": "warning",
    "resolve_tcp_blocked": "warning",
    "resolve_unsteady": "warning",
    "resolve_server_fails": "warning",
    "resolve_system_order": "warning",
    "resolve_edns_lost": "info",
    "resolve_servers_differ": "info",
    "resolve_split_dns": "info",
}
"""An error is what a program cannot get around; what only delays or concerns some names is less."""


async def check(context: Context) -> tuple[Finding, ...]:
    """A finding for each fault of the resolver matrix; silent where the system has no DNS server.

    Where another server has no fault, an error counts as a warning: names are found, after a wait.
    """
    named = tuple(face.name for face in context.chosen) if context.named else ()
    request = ResolveRequest(name=NAME, interfaces=named, tries=TRIES, system_timeout_s=SYSTEM_SECONDS)
    servers: set[str] = set()
    verdicts: list[Verdict] = []
    try:
        async with aclosing(resolve(request)) as batches:
            async for batch in batches:
                servers |= {
                    server_text(each) for each in batch if isinstance(each, Resolver) and each.scope != "scoped"
                }
                verdicts += [each for each in batch if isinstance(each, Verdict)]
    except ProblemError:  # there is no server to ask, or the system does not tell
        return ()
    failing = {each.subject for each in verdicts if SEVERITIES.get(each.code) == "error"}
    return tuple(_finding(each, others=bool(servers - failing)) for each in verdicts if each.code in SEVERITIES)


def _finding(verdict: Verdict, *, others: bool) -> Finding:
    severity = SEVERITIES[verdict.code]
    return finding_of(verdict, "warning" if severity == "error" and others else severity)
