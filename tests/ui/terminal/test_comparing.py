"""The terminal's view of the system's responder: each reason of a difference names the services it holds for."""

from __future__ import annotations

from discovery.records import SystemService
from ui.terminal.comparing import _reasons


def row(name: str, text: str | None, interface: str = "en0") -> SystemService:
    return SystemService(
        name=name,
        type="_http._tcp",
        domain="local.",
        interface=interface,
        ours=True,
        system=text is None,
        difference=None if text is None else "only_raw",
        text=text,
    )


def test_a_reason_is_said_once_with_the_services_it_holds_for() -> None:
    rows = [
        row("web", "Heard on en0."),
        row("shop", "Heard on en0."),
        row("both", None),
        row("far", "Heard on en5.", "en5"),
    ]
    assert list(_reasons(rows)) == [
        "shop (_http._tcp), web (_http._tcp): Heard on en0.",
        "far (_http._tcp): Heard on en5.",
    ]


def test_of_many_services_three_are_named_and_the_rest_counted_and_their_names_are_made_visible() -> None:
    rows = [row(f"web {number:04}", "Heard.") for number in range(1203)]
    (reason,) = _reasons([*rows, row("\u202eevil", "Heard.")])
    assert reason == "web 0000 (_http._tcp), web 0001 (_http._tcp), web 0002 (_http._tcp) and 1,201 more: Heard."
    (reason,) = _reasons([row("\u202eevil", "Heard.")])
    assert reason.startswith("⟨U+202E⟩evil")
