"""What all verbs share: their options, and how a Problem becomes an exit code."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

import click

from net.problems import ProblemError, make_problem
from ui.port_input import wrong_port
from ui.terminal.output import COULD_NOT, Output, OutputError, exit_code

Command = TypeVar("Command", bound=Callable[..., object])
LOCAL = "local"


class Amount(click.FloatRange):
    """A number within the range. click itself lets ``nan`` and ``inf`` pass, which no time and no rate is."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


class PortCommand(click.Command):
    """Takes -1 for the port it is not, and not for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for text in args:
            if re.fullmatch(r"-\d+", text):
                port_number(text)
        return super().parse_args(ctx, args)


def common_options(command: Command) -> Command:
    """``--json`` and ``--on``, the same for every verb."""
    for option in (
        click.option("--on", "place", default=LOCAL, metavar="PLACE", help="local, sudo, netns:NAME, ssh:HOST ..."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
    ):
        command = option(command)
    return command


def interface_option(command: Command) -> Command:
    """``--interface``, repeatable."""
    return click.option("--interface", "interfaces", multiple=True, metavar="NAME", help="Only this interface.")(
        command
    )


def parse_port(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """The callback of an argument that is a port; anything else is wrong use."""
    return None if text is None else port_number(text)


def port_number(text: str) -> int:
    """Raises click.UsageError for what is no port from 1 to 65535."""
    if text.isascii() and text.isdigit() and 0 < int(text[:9]) < 65536:
        return int(text)
    problem = wrong_port(text)
    raise click.UsageError(f"{problem.text} {problem.remedy}")


def answering(verb: Callable[..., Coroutine[object, object, int]]) -> Callable[..., int]:
    """Give the verb its Output and turn a Problem into a line on stderr and an exit code."""

    @wraps(verb)
    def answer(*, as_json: bool, place: str, **options: Any) -> int:
        before_verb = _before_verb()
        output = Output(json=as_json or bool(before_verb.get("as_json")))
        if place == LOCAL:
            place = str(before_verb.get("place", LOCAL))
        try:
            return asyncio.run(verb(output, place=place, **options))
        except ProblemError as failure:
            output.problem(failure.problem)
            return exit_code(failure.problem)
        except OutputError as error:
            output.message(f"The output could not be written: {error}. Free space where it goes, or write elsewhere.")
            return COULD_NOT
        except BrokenPipeError:
            raise
        except OSError as error:
            output.problem(make_problem("unexpected", verb.__name__, error))
            return COULD_NOT

    return answer


def _before_verb() -> dict[str, Any]:
    """The options written before the verb hold for it, too."""
    context = click.get_current_context(silent=True)
    return context.parent.params if context is not None and context.parent is not None else {}
