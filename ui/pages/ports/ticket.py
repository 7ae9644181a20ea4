"""The sockets shown, as Markdown that can be pasted into a ticket: redacted, and saying so."""

from __future__ import annotations

from collections.abc import Sequence

from net.ports.records import Listener
from net.redaction import Redactor
from net.text import endpoint_text
from probe.messages import Hello
from ui.pages.ports.columns import owner_words, stack_words, tr
from ui.text import fill, visible

COMMAND_CAP = 500


def ticket(listeners: Sequence[Listener], sentences: Sequence[str], hello: Hello | None) -> str:
    """A heading, ``sentences`` (the verdict), the sockets and what was taken out of all that."""
    users = {listener.user for listener in listeners if listener.user}
    hosts: tuple[str, ...] = ()
    if hello is not None:
        users.add(hello.user)
        hosts = (hello.host,)
    commands = [visible(listener.command or "", COMMAND_CAP) for listener in listeners]
    redactor = Redactor(sorted(users), hosts, commands)
    system = f" ({hello.system}, Lanscout {hello.version})" if hello is not None else ""
    lines = [f"# {tr('Listening sockets')}{system}", ""]
    lines += [redactor.text(sentence) for sentence in sentences if sentence]
    lines += ["", "```"]
    lines += [_line(listener, command, redactor) for listener, command in zip(listeners, commands, strict=True)]
    lines += ["```", "", redactor.said()]
    return "\n".join(lines) + "\n"


def _line(listener: Listener, command: str, redactor: Redactor) -> str:
    where = redactor.text(endpoint_text(visible(listener.address), listener.port))
    facts = [f"{listener.protocol} {where} {stack_words(listener)}", redactor.text(owner_words(listener))]
    if listener.pid is not None:
        facts.append(fill(tr("PID %1"), listener.pid))
    if listener.user:
        facts.append(redactor.user(visible(listener.user, 60)))
    if command:
        facts.append(redactor.text(command))
    return "  ".join(facts)
