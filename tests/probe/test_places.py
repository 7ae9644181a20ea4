"""Where no probe starts, the person is told a command that fits the place."""

from __future__ import annotations

import pytest

from probe.places import check_command


@pytest.mark.parametrize(
    ("place", "words", "foreign"),
    [
        ("sudo", "sudo -v", "ssh"),
        ("pkexec", "pkexec true", "sudo"),
        ("netns:blue", "ip netns exec blue true", "docker"),
        ("ssh:nas.local", "ssh -- nas.local lanscout --version", "sudo"),
        ("docker:web one", "docker exec -i 'web one' lanscout --version", "ssh"),
        ("local", "main.py --version", "ssh"),
    ],
)
def test_the_command_to_try_by_hand_fits_the_place(place: str, words: str, foreign: str) -> None:
    assert words in check_command(place)
    assert foreign not in check_command(place)
