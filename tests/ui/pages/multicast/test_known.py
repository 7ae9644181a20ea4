from __future__ import annotations

import pytest
from pytestqt.modeltest import ModelTester

from ui.pages.multicast.known import EXAMPLES, SEARCH_ROLE, KnownGroupModel, known_groups, name_of
from ui.pages.multicast.target import EXAMPLE, Target, parse_target


def test_every_choice_can_be_joined_as_it_stands() -> None:
    choices = known_groups()
    assert len(choices) > 200
    assert choices[0].endpoint == EXAMPLE
    for choice in choices:
        assert isinstance(parse_target(choice.endpoint), Target), choice
        assert choice.name


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_a_choice(text: str) -> None:
    assert text in {choice.endpoint for choice in known_groups()}


def test_blocks_and_broadcasts_are_no_choices() -> None:
    texts = {choice.endpoint for choice in known_groups()}
    assert not [text for text in texts if text.startswith("255.") or "/" in text]


def test_a_group_is_named_but_not_after_the_block_it_lies_in() -> None:
    mdns = name_of("224.0.0.251", 5353)
    assert mdns is not None
    assert mdns.name.startswith("mDNS")
    assert name_of("239.9.9.9", 9999) is None
    all_hosts = name_of("224.0.0.1", 7)
    assert all_hosts is not None
    assert all_hosts.name == "All hosts"


def test_unverified_choices_say_so(qtmodeltester: ModelTester) -> None:
    model = KnownGroupModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    uses = {model.index(row, 1).data(): str(model.index(row, 2).data()) for row in range(model.rowCount())}
    assert uses["HSRP version 1"].startswith("unverified")
    assert not uses["mDNS (Bonjour)"].startswith("unverified")
    assert "Bonjour" in model.index(0, 0).data(SEARCH_ROLE) or "224.224.0.77" in model.index(0, 0).data(SEARCH_ROLE)
