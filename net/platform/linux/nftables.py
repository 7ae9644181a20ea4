"""What the rules of nftables do to a UDP datagram: the ruleset is read (root) and walked as the kernel would."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from net.platform.commands import output
from net.platform.linux.nft_match import Facts, Json, Sets, chosen, holds
from net.platform.linux.nft_xt import readable
from net.platform.protocol import Arriving, Refusal

RULESET = ("nft", "-j", "list", "ruleset")
AS_TEXT = ("nft", "-n", "-a", "list", "ruleset")
MOST_JUMPS = 16  # net/netfilter/nf_tables.h: NFT_JUMP_STACK_SIZE
MOST_RULES = 200_000
"""Of all the walks through one reading: about a second. What is left then is passed over as not understood."""
ARRIVING, LEAVING = ("ingress", "prerouting", "input"), ("output", "postrouting", "egress")
_STATES = ("accept", "drop", "reject", "return", "jump", "goto", "queue", "continue")
_PASSING = ("counter", "log", "mangle", "notrack", "quota", "meter", "set", "map", "flow", "ct helper", "secmark")
_HANDLE = re.compile(r"^\s*(.*\S)\s*# handle (\d+)$")
_DORMANT = re.compile(r"^\s+flags .*\bdormant\b")
_HEAD = re.compile(r"^(?:table (\S+) (\S+)|\s+chain (\S+)) \{")

Verdict = Literal["accept", "drop", "continue", "return"]


class _Chain(NamedTuple):
    family: str
    table: str
    name: str
    hook: str | None
    priority: int
    policy: str
    devices: tuple[str, ...]
    rules: list[Json]


class Ruleset:
    """The chains that see IP packets, as ``nft -j list ruleset`` prints them; ``text`` is ``nft -n -a``'s."""

    def __init__(self, printed: str, text: str = "") -> None:
        """Raises ValueError where ``printed`` is not what nft prints."""
        self._chains: dict[tuple[str, str, str], _Chain] = {}
        self._sets: dict[tuple[str, str], Sets] = {}
        self._turns = iter(range(MOST_RULES))
        self._texts = dict(_rule_texts(text))
        dormant = set(_dormant_tables(text))
        for each in json.loads(printed)["nftables"]:
            if "chain" in each and (each["chain"]["family"], each["chain"]["table"]) not in dormant:
                self._add_chain(each["chain"])
            elif "set" in each or "map" in each:
                one = each.get("set") or each["map"]
                table = self._sets.setdefault((one["family"], one["table"]), Sets())
                table[one["name"]] = one.get("elem", [])  # left out where it is empty
            elif "rule" in each:
                rule = each["rule"]
                chain = self._chains.get((rule["family"], rule["table"], rule["chain"]))
                if chain is not None:
                    chain.rules.append(self._readable(rule))

    def refusal(self, packet: Arriving) -> Refusal | None:
        """The rule that drops the datagram; not ``certain`` where one before it that is not understood may save it."""
        facts = Facts.of(packet)
        hooks = LEAVING if packet.leaving else ARRIVING
        families = {"inet", "netdev", "ip" if facts.version == 4 else "ip6"}
        bases = [chain for chain in self._chains.values() if chain.hook in hooks and chain.family in families]
        for chain in sorted(bases, key=lambda each: (hooks.index(each.hook or ""), each.priority)):
            if chain.family == "netdev" and packet.interface not in chain.devices:
                continue
            sets = self._sets.setdefault((chain.family, chain.table), Sets())
            walk = _Walk(self._chains, sets, facts, self._turns)
            if walk.through(chain) == "drop" or (walk.ended == "" and chain.policy == "drop"):
                name = walk.ended.rpartition("#")[0] or chain.name
                return Refusal(
                    rule=self._told(chain, walk.ended),
                    chain=f"{chain.family} {chain.table} {name}",
                    certain=not walk.unsure,
                )
        return None

    def _add_chain(self, chain: Json) -> None:
        device = chain.get("dev", ())
        self._chains[chain["family"], chain["table"], chain["name"]] = _Chain(
            family=chain["family"],
            table=chain["table"],
            name=chain["name"],
            hook=chain.get("hook"),
            priority=int(chain.get("prio", 0)),
            policy=chain.get("policy", "accept"),
            devices=(device,) if isinstance(device, str) else tuple(device),
            rules=[],
        )

    def _readable(self, rule: Json) -> Json:
        text = self._texts.get((rule["family"], rule["table"], rule["chain"], str(rule.get("handle"))), "")
        return {**rule, "expr": readable(rule.get("expr", ()), text)}

    def _told(self, base: _Chain, ended: str) -> str:
        where = f"table {base.family} {base.table}"
        if not ended:
            return f"{where}, chain {base.name}: policy drop, and no rule before it accepts"
        chain, _, handle = ended.rpartition("#")
        text = self._texts.get((base.family, base.table, chain, handle), f"rule with handle {handle}")
        return f"{where}, chain {chain}: {text}"


class _Walk:
    """One base chain and what it jumps to. ``ended`` is CHAIN#HANDLE of the rule that decided, empty: none did.

    A chain that let the datagram go on does so wherever it is jumped to from. ``turns`` ends after the last rule that
    may be looked at.
    """

    def __init__(
        self, chains: dict[tuple[str, str, str], _Chain], sets: Sets, facts: Facts, turns: Iterator[int]
    ) -> None:
        self._chains, self._sets, self._facts = chains, sets, facts
        self._turns, self._depth = turns, 0
        self._passed: set[str] = set()
        self._saving: dict[str, bool] = {}
        self.ended = ""
        self.unsure = False

    def through(self, chain: _Chain) -> Verdict:
        for rule in chain.rules:
            if next(self._turns, None) is None:
                self.unsure = True
                break
            verdict = self._apply(chain, rule)
            if verdict in ("accept", "drop"):
                self.ended = self.ended or f"{chain.name}#{rule.get('handle')}"
                return verdict
            if verdict == "return":
                return "continue"
        return "continue"

    def _apply(self, chain: _Chain, rule: Json) -> Verdict:
        """A rule that may or may not hold is passed over; what drops later is not certain if it may have let through.

        One that may only have dropped leaves that no less certain.
        """
        for statement in rule.get("expr", ()):
            name = next(iter(statement), "")
            if name == "match":
                found = holds(statement["match"], self._facts, self._sets)
                if not found:
                    self.unsure |= found is None and self._may_save(chain, rule)
                    return "continue"
            elif name == "vmap":
                verdict = chosen(statement["vmap"], self._facts, self._sets)
                if verdict is None or verdict is False:
                    self.unsure |= verdict is None
                    return "continue"
                return self._decide(chain, verdict)
            elif name in _STATES:
                return self._decide(chain, statement)
            elif name not in _PASSING:  # limit, xt, ...: it may not go on to the verdict
                self.unsure |= self._may_save(chain, rule)
                return "continue"
        return "continue"

    def _may_save(self, chain: _Chain, rule: Json, depth: int = 0) -> bool:
        """Whether the rule, if it holds, may keep the datagram from what drops it later."""
        saving = ("accept", "queue", "vmap", "goto") if depth else ("accept", "queue", "vmap", "goto", "return")
        statements = rule.get("expr", ())
        names = [next(iter(statement), "") for statement in statements]
        if "drop" in names or "reject" in names:
            return False
        if any(name in saving for name in names):
            return True
        jumps = [statement["jump"].get("target") for statement in statements if "jump" in statement]
        if not jumps:
            return "xt" in names and "return" not in names
        target = self._chains.get((chain.family, chain.table, jumps[0]))
        if target is None or depth >= MOST_JUMPS:
            return True
        if target.name not in self._saving:
            self._saving[target.name] = False
            self._saving[target.name] = any(self._may_save(target, each, depth + 1) for each in target.rules)
        return self._saving[target.name]

    def _decide(self, chain: _Chain, verdict: Any) -> Verdict:
        name = next(iter(verdict), "") if isinstance(verdict, dict) else str(verdict)
        if name in ("drop", "reject"):
            return "drop"
        if name in ("accept", "queue"):
            return "accept"
        if name == "return":
            return "return"
        if name in ("jump", "goto"):
            target = self._chains.get((chain.family, chain.table, verdict[name].get("target")))
            if target is None or self._depth >= MOST_JUMPS:
                self.unsure = True
                return "continue"
            found: Verdict = "continue"
            if target.name not in self._passed:
                self._depth += 1
                found = self.through(target)
                self._depth -= 1
            if found == "continue":
                self._passed.add(target.name)
            return "return" if name == "goto" and found == "continue" else found
        return "continue"


def refusals(packets: Sequence[Arriving]) -> tuple[Refusal | None, ...]:
    """See net.platform.protocol.Platform; blocks. Rules of the older iptables (legacy) are not among nft's."""
    try:
        ruleset = Ruleset(output(RULESET), output(AS_TEXT))
    except (ValueError, KeyError, TypeError, AttributeError):  # a version whose print is another
        raise OSError(errno.EBADMSG, f"{' '.join(RULESET)} prints what is not understood") from None
    return tuple(ruleset.refusal(packet) for packet in packets)


def _rule_texts(text: str) -> Iterator[tuple[tuple[str, str, str, str], str]]:
    """(family, table, chain, handle) and the rule as a person writes it."""
    family = table = chain = ""
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head is not None:
            family, table, chain = (head[1], head[2], "") if head[1] else (family, table, head[3])
            continue
        rule = _HANDLE.match(line)
        if rule is not None and chain:
            yield (family, table, chain, rule[2]), rule[1]


def _dormant_tables(text: str) -> Iterator[tuple[str, str]]:
    """(family, table) of those that are switched off; JSON does not tell before nftables 1.1."""
    family = table = chain = ""
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head is not None:
            family, table, chain = (head[1], head[2], "") if head[1] else (family, table, head[3])
        elif not chain and _DORMANT.match(line):
            yield family, table
