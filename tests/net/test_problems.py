"""A Problem reads as sentences whatever words of others are put into it."""

from __future__ import annotations

import pytest

from net.problems import make_problem


@pytest.mark.parametrize("said", ["No such file or directory", "No such file or directory.", "Permission denied "])
def test_a_text_ends_with_a_full_stop_before_its_remedy(said: str) -> None:
    problem = make_problem("probe_died", "ssh:nas", evidence=said)
    assert problem.text == f"The probe at ssh:nas ended: {said.strip(' .')}."
    assert problem.evidence == said
    assert problem.remedy.endswith(".")


def test_a_text_that_nothing_was_put_into_ends_without_a_colon() -> None:
    assert make_problem("probe_died", "ssh:nas", evidence="").text == "The probe at ssh:nas ended."
