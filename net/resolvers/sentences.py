"""The verdicts of the resolver matrix in words: the facts for the rows of findings.toml, and the evidence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from net.resolvers.records import Resolution, Resolver, SystemResolution
from net.text import endpoint_text
from net.verdict import Certainty, Verdict
from resources.loader import finding_rows

TRANSPORTS = {"udp": "UDP", "udp_large": "UDP with large answers", "tcp": "TCP"}


class Cells(NamedTuple):
    """The three cells of a server and a path."""

    udp: Resolution
    udp_large: Resolution
    tcp: Resolution


class Fault(NamedTuple):
    """A row of findings.toml and how sure it is."""

    code: str
    certainty: Certainty


def server_verdict(fault: Fault, main: Cells, paths: Sequence[Cells]) -> Verdict:
    """What is wrong with one server, judged by its cells ``main``; ``paths`` are all of them."""
    server = server_text(main.udp)
    beside = [each for each in paths if each is not main]
    answering = [each for each in beside if each.udp.answered or each.tcp.answered]
    other = next(iter(answering or [each for each in beside if each.udp.errno or each.tcp.errno]), None)
    unsent = main.tcp if main.udp.errno is None else main.udp
    worst = min(main, key=lambda cell: cell.answered / cell.tries)
    evidence = [cell_sentence(cell) for path in paths for cell in path]
    facts = {
        "name": main.udp.name,
        "routed": main.udp.interface or "no interface",
        "bound": other.udp.interface if other is not None else None,
        "other": main.udp.unexpected_source,
        "fits": main.udp_large.fits,
        "answered": worst.answered,
        "tries": worst.tries,
        "transport": TRANSPORTS[worst.transport],
        "rcode": main.udp.rcode,
        "how": _how(main.udp),
        "reason": os.strerror(unsent.errno) if unsent.errno is not None else "",
        "how_tcp": _how(main.tcp),
        "address": main.udp.server,
    }
    return make_verdict(fault, server, evidence, **facts)


def healthy(name: str, resolutions: Sequence[Resolution], system: SystemResolution) -> Verdict:
    """No fault was found; what the system says of the name is in the evidence."""
    evidence = [cell_sentence(each) for each in resolutions]
    said = listed(dict.fromkeys(address for each in resolutions for address in each.addresses))
    answer = f"the answer is {said}" if said else f"no address is known of {name}"
    fault = Fault("resolve_healthy", "proven")
    return make_verdict(fault, name, [*evidence, system_sentence(system)], name=name, answer=answer)


def make_verdict(fault: Fault, subject: str, evidence: Sequence[str], **facts: object) -> Verdict:
    """The Verdict of the row ``fault.code``; ``facts`` and ``subject`` fill its braces."""
    row = finding_rows()[fault.code]
    values = {"subject": subject, **facts}
    return Verdict(
        about="resolve",
        subject=subject,
        code=fault.code,
        text=row.title.format(**values),
        cause=row.cause.format(**values),
        remedy=tuple(line.format(**values) for line in row.remedy),
        certainty=fault.certainty,
        evidence=tuple(evidence),
    )


def server_text(cell: Resolution | Resolver) -> str:
    """The server, with its port where that is not 53."""
    return cell.server if cell.port == 53 else endpoint_text(cell.server, cell.port)


def cell_sentence(cell: Resolution) -> str:
    """``192.168.1.1 by UDP, as routed (en0): 5 of 5 answered, NOERROR, 192.168.1.20, 0.4 ms.``"""
    path = f"bound to {cell.interface}" if cell.path == "bound" else f"as routed ({cell.interface or 'no way'})"
    words = [f"{cell.answered} of {cell.tries} answered"]
    if cell.answered:
        words += [str(cell.rcode), *cell.addresses[:4], *([f"{cell.ms:g} ms"] if cell.ms is not None else [])]
    else:
        words.append(_how(cell))
    if cell.truncated:
        words.append("cut short (TC)")
    if cell.fits is not None and cell.answered < cell.tries:
        words.append(f"answers of up to {cell.fits} bytes come through")
    if cell.malformed:
        words.append(f"{cell.malformed} that answer no question")
    if cell.unexpected_source is not None:
        words.append(f"{cell.unexpected_source} answered instead")
    return f"{server_text(cell)} by {TRANSPORTS[cell.transport]}, {path}: {', '.join(words)}."


def system_sentence(system: SystemResolution) -> str:
    """What getaddrinfo said, and how long it took."""
    if system.ok:
        return f"The system (getaddrinfo) says {listed(system.addresses)}, after {system.ms or 0:g} ms."
    return system.problem.text if system.problem is not None else "The system (getaddrinfo) finds no address."


def listed(words: Sequence[str] | dict[str, None]) -> str:
    """The first four, and how many more there are."""
    words = list(words)
    more = f" and {len(words) - 4} more" if len(words) > 4 else ""
    return ", ".join(words[:4]) + more


def _how(cell: Resolution) -> str:
    return "silence" if cell.errno is None else f"{os.strerror(cell.errno)}, {cell.errno}"
