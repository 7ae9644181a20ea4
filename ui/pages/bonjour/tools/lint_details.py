"""The details of the view Lint: what a finding means and what to do, of a question and of a host."""

from __future__ import annotations

from discovery.records import Asked, HostScore, LintFinding
from resources.loader import lint_rules
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.tools.lint_columns import SIGNS, host_words, score_tone, severity_words
from ui.text import clock, count, fill, plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, Fact, Section


def describe_finding(finding: LintFinding) -> Details:
    """What was broken, by whom, what was seen, what it means and what to do."""
    rule = lint_rules().get(finding.rule)
    sections = [
        Section("", facts=_facts(finding)),
        Section(tr("What was seen"), text=finding.evidence or tr("See the packet.")),
    ]
    if rule is not None:
        sections += [Section(tr("What it means"), text=rule.meaning), Section(tr("What to do"), text=rule.remedy)]
    return Details(
        title=finding.title,
        state=f"{severity_words(finding.severity)} · {finding.section}",
        tone=SIGNS[finding.severity][1],
        sections=tuple(sections),
    )


def _facts(finding: LintFinding) -> tuple[Fact, ...]:
    times = plural(finding.count, tr("once"), tr("%n times"))
    since = fill(tr("%1, from %2 to %3"), times, clock(finding.first)[:8], clock(finding.last)[:8])
    facts = [
        Fact(tr("Host"), host_words(finding.host, finding.offender)),
        Fact(tr("Address"), finding.offender, fixed=True),
        Fact(tr("On"), finding.interface),
    ]
    if finding.subject:
        facts.append(Fact(tr("About"), finding.subject))
    return (*facts, Fact(tr("Seen"), since), Fact(tr("Rule"), finding.rule, fixed=True))


def describe_question(asked: Asked) -> Details:
    """Who asks for what, how, and whether it is of use."""
    every = fill(tr("every %1 s"), f"{asked.interval:.1f}") if asked.interval is not None else tr("once until now")
    ways = fill(tr("%1 with an answer by multicast wanted (QM), %2 by unicast (QU)"), count(asked.multicast),
                count(asked.unicast))  # fmt: skip
    facts = (
        Fact(tr("Type"), asked.type, fixed=True),
        Fact(tr("Asked by"), asked.source, fixed=True),
        Fact(tr("On"), asked.interface),
        Fact(tr("How often"), f"{ways}, {every}"),
        Fact(tr("Last"), clock(asked.last)[:8], fixed=True),
    )
    said = (
        tr("An answer to it was heard.")
        if asked.answered
        else tr("Nobody was heard to answer: there is no such record here, or its holder is silent or gone. An answer "
                "by unicast goes to the asker alone and is not heard here.")
    )  # fmt: skip
    return Details(
        title=visible(asked.name),
        state=tr("answered") if asked.answered else tr("unanswered"),
        tone=Tone.OK if asked.answered else Tone.WARNING,
        sections=(Section("", facts=facts), Section(tr("Answer"), text=said)),
    )


def describe_host(host: HostScore, findings: Action) -> Details:
    """How well it keeps the rules; ``findings`` shows what it breaks."""
    facts = (
        Fact(tr("Address"), host.source, fixed=True),
        Fact(tr("On"), ", ".join(host.interfaces)),
        Fact(tr("Packets"), count(host.packets), fixed=True),
        Fact(tr("Errors"), count(host.errors), fixed=True),
        Fact(tr("Warnings"), count(host.warnings), fixed=True),
    )
    meaning = tr("100 points less what each rule costs that it breaks. It says how well its program was written, not "
                 "whether its services work.")  # fmt: skip
    return Details(
        title=host_words(host.host, host.source),
        state=fill(tr("%1 of 100 points"), host.score),
        tone=score_tone(host.score),
        sections=(Section("", facts=facts), Section(tr("The score"), text=meaning)),
        actions=(findings,),
    )
