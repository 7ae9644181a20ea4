"""Tests of diagnosis.checks.firewall: how grave a drop is that the rules make certain, and one that they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from diagnosis import socket_reading
from diagnosis.checks import firewall
from diagnosis.context import Context
from net.platform.linux import nftables
from net.platform.protocol import Arriving, DatagramSocket, Held, Refusal
from net.records import Membership
from tests.net.faces import LAN


class _Rules:
    """What the check asks of a platform; each datagram meets one rule."""

    def __init__(self, *sockets: DatagramSocket, certain: bool) -> None:
        self._refusal = Refusal(rule="a rule", chain="inet fw input", certain=certain)
        self._sockets = sockets

    def datagram_sockets(self, *, with_groups: bool, ended: Callable[[], bool]) -> tuple[DatagramSocket, ...]:
        return self._sockets

    def memberships(self) -> tuple[Membership, ...]:
        return (Membership(interface="en0", group="224.224.0.77", family="ipv4"),)

    def refusals(self, packets: Sequence[Arriving]) -> tuple[Refusal, ...]:
        return tuple(self._refusal for _ in packets)


def _use(monkeypatch: pytest.MonkeyPatch, rules: _Rules) -> None:
    for module in (firewall, socket_reading):
        monkeypatch.setattr(module, "this_platform", lambda: rules)


@pytest.mark.parametrize("printed", ["", "[]", '{"nftables": 1}', '{"nftables": [{"chain": {}}]}'])
async def test_rules_that_cannot_be_read_are_not_called_fine(monkeypatch: pytest.MonkeyPatch, printed: str) -> None:
    monkeypatch.setattr(nftables, "output", lambda argv: printed)
    rules = _Rules(certain=True)
    monkeypatch.setattr(rules, "refusals", nftables.refusals)
    _use(monkeypatch, rules)
    (finding,) = await firewall.check(Context((LAN,), (LAN,), 1.0))
    assert finding.code == "not_checked"
    assert finding.evidence == ("nft -j list ruleset prints what is not understood.",)


@pytest.mark.parametrize(
    ("held", "grade"),
    [
        ((Held(interface="en0", group="224.224.0.77", sources=0),), ("warning", "likely")),
        (None, ("info", "likely")),
        ((Held(interface="en5", group="224.224.0.77", sources=0),), None),
        ((), None),
    ],
)
async def test_a_socket_bound_to_every_address_waits_for_what_it_joined(
    monkeypatch: pytest.MonkeyPatch, held: tuple[Held, ...] | None, grade: tuple[str, str] | None
) -> None:
    receiver = DatagramSocket(identity=1, address="0.0.0.0", port=23019, held=held)
    _use(monkeypatch, _Rules(receiver, certain=True))
    found = {each.code: each for each in await firewall.check(Context((LAN,), (LAN,), 1.0))}
    dropped = found.get("firewall_drops_group")
    assert (dropped and (dropped.severity, dropped.certainty)) == grade
    assert dropped is None or dropped.subject == "224.224.0.77 port 23019"


@pytest.mark.parametrize("unasked", [False, True])
async def test_of_many_sockets_only_some_are_guessed_to_wait(monkeypatch: pytest.MonkeyPatch, *, unasked: bool) -> None:
    many = (
        DatagramSocket(identity=port, address="0.0.0.0", port=port, unasked=unasked) for port in range(20000, 20009)
    )
    monkeypatch.setattr(firewall, "MOST_GUESSES", 3)
    _use(monkeypatch, _Rules(*many, certain=True))
    found = await firewall.check(Context((LAN,), (LAN,), 1.0))
    assert sum(each.code == "firewall_drops_group" for each in found) == (0 if unasked else 3)


@pytest.mark.parametrize(("certain", "grade"), [(True, ("warning", "likely")), (False, ("info", "possible"))])
async def test_a_drop_in_doubt_is_only_told(
    monkeypatch: pytest.MonkeyPatch, grade: tuple[str, str], *, certain: bool
) -> None:
    _use(monkeypatch, _Rules(certain=certain))
    (finding,) = await firewall.check(Context((LAN,), (LAN,), 1.0))
    assert (finding.code, finding.severity, finding.certainty) == ("firewall_drops_bonjour", *grade)
