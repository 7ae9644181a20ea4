"""What the Bonjour page says of its services as a whole: facts for the status bar, and why none of them is shown."""

from __future__ import annotations

from ui.pages.bonjour.book import ServiceBook
from ui.pages.bonjour.columns import host_name, tr
from ui.pages.bonjour.rows import State
from ui.text import plural
from ui.widgets.actions import Action
from ui.widgets.empty_panel import Emptiness, Why


def status_facts(book: ServiceBook, *, quiet: bool, shown: int | None) -> tuple[str, ...]:
    """``7 services of 5 hosts``, ``7 types`` and so on; ``shown``: how many fit the filter, None without one."""
    alive = book.alive()
    first = (tr("quiet"),) if quiet else ()
    if not alive and not book.gone_count:
        return first
    hosts = {name for row in alive if (name := host_name(row.service)) is not None}
    types = {row.service.type.lower() for row in alive}
    services = plural(len(alive), tr("%n service"), tr("%n services"))
    of_hosts = plural(len(hosts), tr("%1 of %n host"), tr("%1 of %n hosts")).replace("%1", services)
    facts = [*first, of_hosts, plural(len(types), tr("%n type"), tr("%n types"))]
    if book.gone_count:
        facts.append(tr("%1 gone").replace("%1", str(book.gone_count)))
    if shown is not None:
        facts.append(plural(shown, tr("%n shown"), tr("%n shown")))
    return tuple(facts)


def filter_fits_none(total: int, said: Emptiness) -> Emptiness:
    """``said`` is what any page says then; here services are counted and types are not."""
    title = plural(
        total, tr("The one service does not match the filter."), tr("None of %n services matches the filter.")
    )
    return Emptiness(said.why, title, said.reasons, said.actions)


def none_of_state(state: State | None, show_all: Action) -> Emptiness:
    """No service is in the state that was chosen above the table."""
    title = tr("No service is gone now.") if state is State.GONE else tr("No service is alive now.")
    return Emptiness(Why.FILTERED_OUT, title, (), (show_all,))
