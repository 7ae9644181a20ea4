"""What can be copied of a service, and the table of services as rows of plain text."""

from __future__ import annotations

from collections.abc import Sequence

from ui.pages.bonjour.columns import host_name, state_words, tr, with_port
from ui.pages.bonjour.details import txt_text
from ui.pages.bonjour.opening import url_of
from ui.pages.bonjour.rows import ServiceRow
from ui.pages.bonjour.txt import txt_pairs
from ui.text import visible

CAP = 4000


def what_to_copy(row: ServiceRow) -> list[tuple[str, str, str]]:
    """A word for the code, its name for people, and the text, for each thing there is to copy."""
    service = row.service
    host = host_name(service)
    found = [("name", tr("Name"), visible(service.name, CAP))]
    if host is not None:
        found.append(("host", tr("Host"), visible(host, CAP)))
    if service.addresses:
        found.append(("endpoint", tr("Address and port"), visible(with_port(service.addresses[0], service.port), CAP)))
    url = url_of(service)
    if url is not None:
        found.append(("url", tr("URL"), visible(url, CAP)))
    if service.txt:
        found.append(("txt", tr("TXT record"), txt_text(service)))
    found.append(("all", tr("All as text"), ""))
    return found


def export_table(rows: Sequence[ServiceRow]) -> list[tuple[str, ...]]:
    """Titles and a row a service, every fact in a column of its own."""
    titles = tuple(map(tr, ("Name", "Type", "Kind", "Host", "Port", "Addresses", "Heard on", "TXT", "State")))
    return [titles, *(_exported(row) for row in rows)]


def _exported(row: ServiceRow) -> tuple[str, ...]:
    service = row.service
    return (
        service.name,
        service.type,
        row.head.title if row.head.title != service.type else "",
        host_name(service) or "",
        str(service.port) if service.port is not None else "",
        " ".join(service.addresses),
        " ".join(service.interfaces),
        "  ".join(txt_pairs(service)),
        state_words(row),
    )
