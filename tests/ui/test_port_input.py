"""What is no port is told as what it is."""

from __future__ import annotations

import pytest

from ui.port_input import wrong_port


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "port_invalid", "“” is not a port"),
        ("   ", "port_invalid", "“” is not a port"),
        ("-1", "port_invalid", "-1 is not a port"),
        ("65536", "port_invalid", "65536 is not a port"),
        ("http", "port_name", "http is not a port"),
        ("5000-5010", "port_range", "5000-5010 is not a port"),
        ("80..90", "port_range", "Give one number, such as 80"),
        ("80,443", "port_range", "Give one number, such as 80"),
        ("9" * 5000, "port_invalid", "9…"),
    ],
)
def test_each_wrong_input_has_its_remedy(text: str, code: str, words: str) -> None:
    problem = wrong_port(text)
    assert problem.code == code
    assert words in f"{problem.text} {problem.remedy}"
    assert "ports are whole numbers from 1 to 65535" in problem.text
    assert len(problem.text) < 200
