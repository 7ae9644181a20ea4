"""Reads the parts of rules of iptables-nft that JSON names ``xt`` only, from the text that nft prints of the rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from net.platform.linux.nft_match import Json

_QUOTED = re.compile(r'"[^"]*"')
_FIB = re.compile(r"\bfib daddr type (!= )?(\w+)")
_STATE = re.compile(r"\bct state (!= )?([a-z]+(?:,[a-z]+)*)")
_PORT = re.compile(r"\b(udp|tcp) (dport|sport) (!= )?(\d+(?:-\d+)?|\{[\d\s,-]+\})")
_TYPE = re.compile(r"\bmeta pkttype (!= )?(\w+)")
_REJECTS = re.compile(r"\breject(?: with [\w -]+)?$")
_LOGS = re.compile(r"\blog (?:prefix|level|flags|group)\b")


def readable(expressions: Sequence[Json], text: str) -> list[Json]:
    """``expr`` of a rule with what ``text`` tells of its xt statements; what is not told stays ``xt``.

    nft writes a match of iptables as its own language has it, where libxtables can translate it: addrtype, conntrack,
    the ports, pkttype, and the targets LOG and REJECT (nft(8), libxtables' xlate functions).
    """
    known: list[Json] = [each for each in expressions if "xt" not in each]
    hidden = [each for each in expressions if "xt" in each]
    if not hidden:
        return list(expressions)
    plain = _QUOTED.sub('""', text).strip()
    shown = {_left(each) for each in known if "match" in each}
    told = [each for each in _matches(plain) if _left(each) not in shown][: len(hidden)]
    left = hidden[len(told) :]
    if left and _REJECTS.search(plain):
        left, known = left[1:], [*known, {"reject": None}]
    if left and _LOGS.search(plain):
        left, known = left[1:], [{"log": None}, *known]
    decided = next((place for place, each in enumerate(known) if not ({"match", "log"} & each.keys())), len(known))
    return [*told, *known[:decided], *left, *known[decided:]]


def _left(statement: Json) -> str:
    """What a match looks at; a field of a header or of the connection by its name."""
    left = statement["match"]["left"]
    if not isinstance(left, dict):
        return ""
    kind, what = next(iter(left.items()))
    if kind == "payload":
        return f"{what.get('protocol')} {what.get('field')}"
    return f"{kind} {what.get('key', '')}" if isinstance(what, dict) else str(kind)


def _matches(text: str) -> Iterator[Json]:
    for unequal, kind in _FIB.findall(text):
        yield _match({"fib": {"result": "type", "flags": ["daddr"]}}, kind, unequal)
    for unequal, states in _STATE.findall(text):
        yield _match({"ct": {"key": "state"}}, {"set": states.split(",")}, unequal)
    for protocol, field, unequal, ports in _PORT.findall(text):
        values = [_port(each.strip()) for each in ports.strip("{} ").split(",")]
        yield _match({"payload": {"protocol": protocol, "field": field}}, {"set": values}, unequal)
    for unequal, kind in _TYPE.findall(text):
        yield _match({"meta": {"key": "pkttype"}}, kind, unequal)


def _match(left: Json, right: Json, unequal: str) -> Json:
    return {"match": {"op": "!=" if unequal else "==", "left": left, "right": right}}


def _port(text: str) -> Json:
    low, dash, high = text.partition("-")
    return {"range": [int(low), int(high)]} if dash else int(low)
