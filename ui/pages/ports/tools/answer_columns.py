"""The table of the view Who answers: every own address, whether a connection is taken there, and by whom."""

from __future__ import annotations

from net.ports.records import CONTAINER_FORWARDER, Answer
from ui.pages.ports.columns import address_order, tr
from ui.text import UNKNOWN, fill, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column, Face, none_last

TEXT_CAP = 300
LOOPBACKS = ("127.0.0.1", "::1")
REFUSED = (111, 61, 10061)
"""ECONNREFUSED of Linux, macOS and Windows: the probe may run elsewhere than the window."""
TIMED_OUT = (110, 60, 10060)


def natural(answer: Answer) -> tuple[object, ...]:
    """What ``localhost`` means first, in its order; then this computer, then the addresses of the interfaces."""
    return (none_last(answer.localhost), answer.address not in LOOPBACKS, address_order(answer.address))


def answer_words(answer: Answer) -> str:
    """``answers``, ``accepts`` (and says nothing), ``nobody``, ``silent``, ``failed, errno 113``."""
    if answer.connected:
        return tr("answers") if answer.identity or answer.fingerprint or answer.tls else tr("accepts")
    if answer.errno is None or answer.errno in TIMED_OUT:
        return tr("silent")
    if answer.errno in REFUSED:
        return tr("nobody")
    return fill(tr("failed, errno %1"), answer.errno)


def owner_name(answer: Answer) -> str:
    """The program that took the connection, ``hidden`` where it may not be seen, "" where nobody did."""
    if answer.process or answer.pid is not None:
        name = visible(answer.process, 100) if answer.process else tr("unnamed")
        if answer.process == CONTAINER_FORWARDER and answer.container:
            name = fill(tr("container %1"), visible(answer.container, 60))
        return fill(tr("%1 · probable"), name) if answer.owner == "probable" else name
    if answer.owner == "hidden":
        return tr("hidden")
    return tr("not known") if answer.connected else ""


def localhost_words(answer: Answer) -> str:
    """``localhost, 1st``: where the system leads that name, and in which order."""
    if answer.localhost is None:
        return ""
    order = {1: tr("1st"), 2: tr("2nd"), 3: tr("3rd")}.get(answer.localhost, f"{answer.localhost}.")
    return fill(tr("localhost, %1"), order)


def said_words(answer: Answer) -> str:
    """The program that what was said gives away; without one, its status line."""
    if answer.identity:
        return visible(answer.identity, TEXT_CAP)
    return visible(answer.fingerprint, TEXT_CAP) if answer.fingerprint else ""


def _address(answer: Answer) -> Cell:
    words = localhost_words(answer)
    place = visible(answer.interface, 40) if answer.interface else ""
    if words:
        return Cell(visible(answer.address), chips=(Chip(words, Tone.INFO),), dim=not answer.connected)
    return Cell(visible(answer.address), detail=place, dim=not answer.connected)


def _answers(answer: Answer) -> Cell:
    glyph, tone = ("✓", Tone.OK) if answer.connected else ("–", Tone.NEUTRAL)
    took = fill(tr("%1 ms"), f"{answer.ms:.1f}") if answer.ms is not None and answer.connected else ""
    return Cell(answer_words(answer), took, dot=tone, glyph=glyph, dim=not answer.connected)


def _owner(answer: Answer) -> Cell:
    parts = [fill(tr("PID %1"), answer.pid)] if answer.pid is not None else []
    if answer.user:
        parts.append(visible(answer.user, 60))
    return Cell(owner_name(answer) or UNKNOWN, " · ".join(parts), dim=not answer.process)


def _said(answer: Answer) -> Cell:
    detail = visible(answer.fingerprint, TEXT_CAP) if answer.identity and answer.fingerprint else ""
    chips = (Chip("TLS"),) if answer.tls and not detail else ()
    text = said_words(answer) or (
        tr("nothing, it resets") if answer.reset else tr("nothing") if answer.connected else ""
    )
    return Cell(text, detail, chips=chips, dim=not said_words(answer))


def answer_columns() -> tuple[Column[Answer], ...]:
    """In the order in which ``localhost`` would be tried."""
    return (
        Column("address", tr("Address"), _address, sort=natural, face=Face.FIXED, width=26, least=18, weight=1,
               typical=(Cell("192.168.100.23", chips=(Chip(tr("localhost, %1").replace("%1", tr("2nd"))),)),)),
        Column("state", tr("Connection"), _answers, sort=lambda row: not row.connected, width=15, least=13, weight=0,
               typical=(Cell(tr("answers"), "300.0 ms", dot=Tone.OK, glyph="✓"),)),
        Column("process", tr("Taken by"), _owner, sort=lambda row: owner_name(row).casefold(), face=Face.STRONG,
               width=24, least=16, weight=1),
        Column("said", tr("Says"), _said, width=40, least=20, weight=3),
    )  # fmt: skip
