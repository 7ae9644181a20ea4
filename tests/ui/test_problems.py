from __future__ import annotations

import pytest

from net.problems import make_problem
from ui.problems import told


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("joined_twice", {"interface": "en0"}),
        ("interface_unknown", {"names": "en0, lo"}),
        ("group_without_port", {}),
        ("joined_without_address", {"interface": "en0", "version": "IPv4"}),
    ],
)
def test_a_problem_of_the_window_reads_as_one_of_the_probe(code: str, facts: dict[str, str]) -> None:
    assert told(code, "224.0.0.1:5", **facts) == make_problem(code, "224.0.0.1:5", None, **facts)
