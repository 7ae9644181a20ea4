"""The page on the terminal has every verb with all its options."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from ui.terminal.commands import lanscout

PAGE = (Path(__file__).parents[3] / "docs" / "terminal.md").read_text(encoding="utf-8")
EVERYWHERE = {"--json", "--on", "--interface", "--seconds", "--help"}


@pytest.mark.parametrize("verb", sorted(lanscout.commands))
def test_each_verb_has_a_row_with_its_arguments_and_options(verb: str) -> None:
    found = re.search(rf"^\| `{verb}\b[^`]*`.*$", PAGE, re.MULTILINE)
    assert found is not None
    row = found[0]
    for parameter in lanscout.commands[verb].params:
        if isinstance(parameter, click.Argument):
            assert (parameter.human_readable_name or "").strip("[].") in row.upper()
        else:
            names = {*parameter.opts, *parameter.secondary_opts}
            assert names <= EVERYWHERE or any(name in row for name in names)
