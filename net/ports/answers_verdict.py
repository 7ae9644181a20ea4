"""Concludes from who answers where what ``localhost`` and the other addresses of a port mean, in one sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from net.platform.system import SYSTEM
from net.ports.fingerprints import AIRPLAY, identify
from net.ports.naming import GUESS, UNNAMED, joined, listener_name, seen_name
from net.ports.reaching import reached
from net.ports.records import Answer, Listener, programs_of
from net.text import endpoint_text
from net.verdict import Certainty, Verdict
from resources.loader import FindingRow, finding_rows

Group = tuple[Answer, ...]
NAMED = 4
"""Addresses that a sentence names at most."""
UNKNOWN = "a program whose name is hidden"
NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""What says that the address itself is missing: ::1 on a host without IPv6."""


def conclude(port: int, answers: Sequence[Answer], listeners: Sequence[Listener], order: Sequence[str]) -> Verdict:
    """The Verdict over all answers; ``order`` is what ``localhost`` resolves to, ``listeners`` those of the port."""
    groups = programs(answers, listeners)
    code = _code(answers, groups, listeners, order)
    facts = _facts(port, answers, groups, listeners) | _way(answers, order)
    row = finding_rows()[code]
    known = tuple(dict.fromkeys(each.known for each in listeners if each.known))
    return Verdict(
        about="answers",
        subject=str(port),
        code=code,
        port=port,
        text=_opened(row.title.format(**facts)),
        cause=" ".join((row.cause.format(**facts), *known)),
        remedy=tuple(line.format(**facts) for line in row.remedy),
        certainty="possible" if code == "answers_perhaps_two" else _certainty(answers),
        evidence=(*(_evidence(each) for each in answers), _resolution(order)),
    )


def programs(answers: Sequence[Answer], listeners: Sequence[Listener]) -> tuple[Group, ...]:
    """The answers that connected, by program: one listener's process and those that share its socket are one.

    Where no process is seen, each listener stands for itself, unless one service or container holds several.
    """
    held = dict(zip(map(id, listeners), programs_of(listeners), strict=True))
    groups: dict[object, list[Answer]] = {}
    for answer in answers:
        if answer.connected:
            at = reached(listeners, answer.address, answer.interface)
            listener = _taken_by(answer, at)
            seen = held[id(listener)] if listener is not None else None
            groups.setdefault(seen if seen is not None else _program(answer, listener), []).append(answer)
    return tuple(tuple(group) for group in groups.values())


def _taken_by(answer: Answer, at: Sequence[Listener]) -> Listener | None:
    """The listener reached; of programs that share one address, that of the program which accepted."""
    alike = [each for each in at if (each.address, each.stack) == (at[0].address, at[0].stack)]
    return next((each for each in alike if each.process == answer.process), at[0] if at else None)


def _program(answer: Answer, listener: Listener | None) -> object:
    """What tells the program that answers from others where none was seen to hold the listener."""
    if answer.pid is not None:
        return answer.pid
    if listener is None or answer.identity == AIRPLAY:  # of which a computer has one
        return _told(answer)
    if listener.container is not None:
        return listener.container
    service = listener.service or ""
    if service.endswith(".service") and not service.startswith("user@"):
        return service
    return listener.inode or (listener.address, listener.stack, listener.interface)


def _told(answer: Answer) -> tuple[str | None, ...]:
    return answer.process, answer.user, answer.identity, answer.fingerprint


def _alike(groups: Sequence[Group]) -> bool:
    """Whether several groups may be one program: no process of theirs is seen, and all say the same."""
    every = [answer for group in groups for answer in group]
    return len(groups) > 1 and all(each.pid is None for each in every) and len({_told(each) for each in every}) == 1


def _code(
    answers: Sequence[Answer], groups: Sequence[Group], listeners: Sequence[Listener], order: Sequence[str]
) -> str:
    if not groups:
        return "answers_refused" if listeners else "answers_nobody"
    first = _first(answers)
    if len(groups) > 1:
        return _code_of_several(groups, first if first is not None and first.connected else None, order)
    if _is_airplay(groups[0]):
        return "answers_airplay"
    if first is not None and not first.connected and any(each.localhost and each.connected for each in answers):
        return "answers_localhost_silent"
    if all(each.connected or each.errno in NOT_HERE for each in answers):
        return "answers_everywhere"
    return "answers_loopback" if all(_is_loopback(each.address) for each in groups[0]) else "answers_some"


def _code_of_several(groups: Sequence[Group], reached_first: Answer | None, order: Sequence[str]) -> str:
    if _alike(groups):
        return "answers_perhaps_two"
    leading = next((group for group in groups if reached_first in group), ())
    if leading and len(order) == 1 and not _is_airplay(leading):
        return "answers_settled"
    code = "answers_differ_airplay" if any(_is_airplay(group) for group in groups) else "answers_differ"
    return code if reached_first is not None else f"{code}_elsewhere"


def _facts(
    port: int, answers: Sequence[Answer], groups: Sequence[Group], listeners: Sequence[Listener]
) -> dict[str, object]:
    """What the sentences of findings.toml name."""
    first = _first(answers)
    leading = next((group for group in groups if first in group), groups[0] if groups else ())
    others = [group for group in groups if group is not leading]
    plain = next((group for group in groups if not _is_airplay(group)), leading)
    silent = [each.address for each in answers if not each.connected and each.errno not in NOT_HERE]
    refusal = next((each.errno for each in answers if each.errno is not None), None)
    return {
        "subject": port,
        "first": first.address if first is not None else "",
        "who": _named(leading),
        "does": _does(leading),
        "others": "; ".join(f"{_named(group)} {_does(group)} at {_where(group)}" for group in others),
        "addresses": _listed([each.address for each in leading]),
        "silent": _listed(silent),
        "plain": endpoint_text(plain[0].address, port) if plain else "",
        "owners": "; ".join(f"{each.address} ({each.stack}) is held by {_holder(each)}" for each in listeners),
        "airplay": _listed([each.address for group in groups if _is_airplay(group) for each in group]),
        "right": next((each.missing_right for each in listeners if each.missing_right), "a right of its own"),
        "reason": os.strerror(refusal) if refusal is not None else "",
    }


def _way(answers: Sequence[Answer], order: Sequence[str]) -> dict[str, object]:
    """Which address ``localhost`` leads to, and the words for AirPlay: only a Mac has its receiver and its setting."""
    first = _first(answers)
    words = _airplay_words()
    return {
        "reaches": "" if first is None else f"{first.address} first" if len(order) > 1 else first.address,
        "airplay_is": words.cause,
        "airplay_off": words.remedy[0],
    }


def _airplay_words() -> FindingRow:
    return finding_rows()["airplay_of_macos" if SYSTEM == "macos" else "airplay_alike"]


def _first(answers: Sequence[Answer]) -> Answer | None:
    """Where a program that opens ``localhost`` tries first."""
    return min((each for each in answers if each.localhost), key=lambda each: each.localhost or 0, default=None)


def _named(group: Group) -> str:
    """``AirPlay Receiver (Server: AirTunes/860.7.1)``, else ``node (PID 12)``, else what it gives away."""
    if not group:
        return ""
    best = next((each for each in group if each.identity), group[0])
    guess = GUESS if best.owner == "probable" else ""
    seen = seen_name(best.process, _pids(group), best.owner, best.container)
    if best.identity == AIRPLAY or best.process is None:
        lines = (best.fingerprint or "").split("; ")
        sign = identify(lines, best.process, SYSTEM)
        if sign is not None and sign.identity == AIRPLAY and SYSTEM != "macos":
            told = _airplay_words().title.format(sign=sign.evidence)
            name = UNKNOWN if seen is None else seen
            return f"{name[:-1]}; {told})" if name.endswith(")") else f"{name} ({told})"
        if sign is not None:
            return f"{'' if sign.evidence in lines else guess}{sign.identity} ({sign.evidence})"
    return UNKNOWN if seen is None else seen


def _pids(group: Group) -> tuple[int, ...]:
    """The lowest, which stands for all workers; those of a container are its forwarders."""
    return tuple(sorted({each.pid for each in group if each.pid is not None})[:1])


def _opened(sentence: str) -> str:
    """A word of ours that opens a sentence; names of programs stay as they are."""
    ours = sentence.startswith((GUESS, UNNAMED, "container "))
    return f"{sentence[0].upper()}{sentence[1:]}" if ours else sentence


def _does(group: Group) -> str:
    """What a program does with connections."""
    if any(each.identity or each.fingerprint or each.tls for each in group):
        return "answers"
    return "resets each connection" if any(each.reset for each in group) else "takes connections but says nothing"


def _where(group: Group) -> str:
    only = " only" if len(group) == 1 else ""
    return _listed([each.address for each in group]) + only


def _listed(addresses: Sequence[str]) -> str:
    """All of up to four, else three and how many more: the evidence has each."""
    over = len(addresses) - NAMED + 1
    names = addresses if over <= 1 else [*addresses[: NAMED - 1], f"{over} other addresses"]
    return joined(names)


def _holder(listener: Listener) -> str:
    name = listener_name(listener)
    if name is None:
        home = f"container {listener.container}" if listener.container else listener.service
        return f"{UNKNOWN} ({home})" if home else UNKNOWN
    return name


def _is_airplay(group: Group) -> bool:
    return any(each.identity == AIRPLAY for each in group)


def _is_loopback(address: str) -> bool:
    return address == "::1" or address.startswith("127.")


def _certainty(answers: Sequence[Answer]) -> Certainty:
    return "proven" if all(each.owner == "proved" for each in answers if each.connected) else "likely"


def _evidence(answer: Answer) -> str:
    nothing = "nothing and resets the connection" if answer.reset else "nothing"
    if not answer.connected:
        reason = os.strerror(answer.errno) if answer.errno is not None else "no connection"
        return f"{answer.address}: {reason} ({answer.errno})."
    who = "nobody seen from here holds it"
    name = seen_name(answer.process, () if answer.pid is None else (answer.pid,), answer.owner, answer.container)
    if name is not None:
        who = f"held by {name}"
    return f"{answer.address}: connected, {who}; it says {answer.fingerprint or nothing}."


def _resolution(order: Sequence[str]) -> str:
    if len(order) < 2:
        return f"localhost resolves to {order[0]} only." if order else "localhost resolves to nothing."
    return f"localhost resolves to {', '.join(order)}, in this order."
