"""What all verbs share: their options, and how a Problem becomes an exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

import click

from net.problems import ProblemError, make_problem
from ui.terminal.output import COULD_NOT, Output, exit_code

Command = TypeVar("Command", bound=Callable[..., object])


def common_options(command: Command) -> Command:
    """``--json`` and ``--on``, the same for every verb."""
    for option in (
        click.option("--on", "place", default="local", metavar="PLACE", help="local, sudo, netns:NAME, ssh:HOST ..."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
    ):
        command = option(command)
    return command


def interface_option(command: Command) -> Command:
    """``--interface``, repeatable."""
    return click.option("--interface", "interfaces", multiple=True, metavar="NAME", help="Only this interface.")(
        command
    )


def answering(verb: Callable[..., Coroutine[object, object, int]]) -> Callable[..., int]:
    """Give the verb its Output and turn a Problem into a line on stderr and an exit code."""

    @wraps(verb)
    def answer(*, as_json: bool, **options: Any) -> int:
        output = Output(json=as_json)
        try:
            return asyncio.run(verb(output, **options))
        except ProblemError as failure:
            output.problem(failure.problem)
            return exit_code(failure.problem)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            output.problem(make_problem("unexpected", verb.__name__, error))
            return COULD_NOT

    return answer
