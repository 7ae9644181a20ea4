"""Says why the system's responder and this program differ; the sentences stand in resources/tables/system-view.toml."""

from __future__ import annotations

from typing import Literal

import msgspec

from discovery.bonjour.system.view import Kind
from discovery.records import BrowseState, SystemResponder
from net.text import visible
from resources.loader import system_view_rows

Difference = Literal["only_raw", "only_system"]


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside a service that only one side has, on its interface.

    ``by_design``: it is a link that responders leave out. ``told``, ``told_there``: how many instances the system
    tells on all interfaces and on this one; ``heard_there``: how many are heard here. ``state`` is how we browse it.
    """

    difference: Difference
    kind: Kind
    interface: str
    responder: SystemResponder
    state: BrowseState | None = None
    by_design: bool = False
    told: int = 0
    told_there: int = 0
    heard_there: int = 0
    cached: bool = False


def explain(situation: Situation) -> str:
    """One or two sentences that name the side that lacks the service and why."""
    code = _why_only_raw(situation) if situation.difference == "only_raw" else _why_only_system(situation)
    rows = system_view_rows()
    text = rows.get(f"{code}_{situation.kind}") or rows[code]
    return text.format(interface=situation.interface, reason=_reason(situation))


def _why_only_raw(situation: Situation) -> str:
    """Policy: a refusal that the responder told, or what its silence looks like."""
    reasons = (
        (situation.responder.state == "absent", "only_raw_absent"),
        (situation.responder.state == "refused", "only_raw_refused"),
        (situation.by_design, "only_raw_by_design"),
        (situation.told == 0, "only_raw_nothing"),
        (situation.told_there == 0, "only_raw_interface"),
    )
    return next((code for holds, code in reasons if holds), "only_raw")


def _why_only_system(situation: Situation) -> str:
    """Our side: the interface is left out, refused or deaf; or the system remembers what is gone."""
    state = situation.state
    if state is None:
        return "only_system_elsewhere"
    reasons = (
        (state.state == "skipped", "only_system_skipped"),
        (state.state == "failed", "only_system_failed"),
        (not state.packets and not situation.heard_there, "only_system_deaf"),
        (situation.cached, "only_system_cached"),
    )
    return next((code for holds, code in reasons if holds), "only_system")


def _reason(situation: Situation) -> str:
    if situation.difference == "only_raw":
        return situation.responder.text
    state = situation.state
    if state is None:
        return ""
    words = visible(state.reason or "no reason is told", 200)
    return f"{words} ({state.errno})" if state.errno is not None else words
