"""The verb explain: what the errors in a text mean, what to do, and the verbs that look for the causes."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from diagnosis.records import Explained, Explanation
from diagnosis.requests import TEXT_LIMIT, ExplainRequest
from net.records import Key
from probe.methods import Batch
from ui.terminal.options import answering, common_options
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

HOW = {
    "text": "by the form of the line",
    "name": "by its name",
    "number": "by its number alone, which other domains and systems use too",
}
LINES_SHOWN = 5


@click.command("explain", context_settings={"ignore_unknown_options": True})
@common_options
@click.argument("words", metavar="TEXT", nargs=-1)
@answering
async def explain(output: Output, place: str, words: tuple[str, ...]) -> int:
    """What an error text or code means; - or no TEXT: the lines on stdin."""
    text = " ".join(words)
    if words in ((), ("-",)):
        if sys.stdin.isatty():
            output.message("Paste the lines, then end with Ctrl-D.")
        text = sys.stdin.buffer.read(4 * TEXT_LIMIT + 1).decode("utf-8", "replace")
    if len(text) > TEXT_LIMIT:
        output.message(f"The text is too long: its first {TEXT_LIMIT} characters are read.")
    return await print_explanations(output, place, ExplainRequest(text=text[:TEXT_LIMIT]))


async def print_explanations(output: Output, place: str, request: ExplainRequest) -> int:
    """Each error once, in the order of the lines, then what is not known. Exit code 1 where nothing is known."""
    found: dict[Key, Explanation] = {}
    ended: list[Explained] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Explanation):
                found[record.key()] = record
            elif isinstance(record, Explained):
                ended.append(record)

    await run_watch(place, "diagnosis.explain", request, take)
    output.records((*found.values(), *ended))
    for explanation in found.values():
        output.show(explanation_text(explanation))
    for record in ended:
        if text := _rest_text(record):
            output.say(text)
    return ANSWERED if found else NOTHING_FOUND


def explanation_text(explanation: Explanation) -> Text:
    """Title and meaning, where it was seen, numbered causes and remedies, what to run, the source."""
    text = Text(f"{explanation.title}", "bold")
    text.append(f"  {explanation.domain}, {', '.join(explanation.systems)}\n", "not bold dim")
    text.append(f"  {explanation.meaning}\n")
    text.append(f"  {_seen(explanation)}: {explanation.matched}\n", "dim")
    for title, sentences in (("Causes", explanation.causes), ("What to do", explanation.remedies)):
        if sentences:
            text.append(f"  {title}\n", "bold")
            text.append("".join(f"    {number}. {line}\n" for number, line in enumerate(sentences, 1)))
    if explanation.checks:
        text.append(f"  Run now: {', '.join(f'lanscout {verb}' for verb in explanation.checks)}\n")
    confirmed = "" if explanation.verified else " (not confirmed there)"
    text.append(f"  Source: {explanation.source}{confirmed}\n", "dim")
    return text


def _seen(explanation: Explanation) -> str:
    shown = ", ".join(map(str, explanation.lines[:LINES_SHOWN]))
    more = f" and {explanation.count - LINES_SHOWN} more" if explanation.count > LINES_SHOWN else ""
    return f"Line{'' if explanation.count == 1 else 's'} {shown}{more}, {HOW[explanation.how]}"


def _rest_text(ended: Explained) -> str:
    """What the table does not know, and what was not read; empty where it knows all."""
    sentences = []
    unknown = ended.lines - ended.left_out - ended.known
    if unknown:
        sentences.append(f"{unknown} of {ended.lines} lines hold no error that is known here:")
        sentences += [f"  {line}" for line in ended.unknown]
        if unknown > len(ended.unknown):
            sentences.append(f"  and {unknown - len(ended.unknown)} more")
    if ended.left_out:
        sentences.append(f"The last {ended.left_out} lines were not read: the text is too long.")
    if ended.cut:
        sentences.append(f"Of {ended.cut} long lines only the beginning was read.")
    return "\n".join(sentences)
