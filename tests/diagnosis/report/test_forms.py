"""A report tells a stranger the case, and text of the network stays text in it."""

from __future__ import annotations

from html.parser import HTMLParser

import msgspec
import pytest

from diagnosis.findings import make_finding
from diagnosis.report.html import html
from diagnosis.report.markdown import markdown, plain
from tests.diagnosis.report.example import REPORT

EVIL = "<script>alert(1)</script> [x](javascript:x) `a` | b # c \x1b[31m\u202e\n## heading"


class Elements(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("form", [markdown, lambda report: " ".join(Elements(html(report)).texts)])
def test_a_stranger_reads_summary_cause_remedy_evidence_interfaces_and_changes(form) -> None:  # type: ignore[no-untyped-def]
    text = form(REPORT)
    for words in (
        "1 warning. utun3 takes multicast that chooses no interface.",
        "Looked from Mias-Air.local (macOS) by mia, without root's rights, Lanscout 1.2.",
        "the index of en0 (2)",
        "The kernel's route for 224.0.0.251 leads to utun3",
        "192.168.1.23/24",
        "default IPv4",
        "took the default route from en0",
        "2 earlier changes are left out.",
        "Does a VPN take unbound multicast? done, 0.2 s",
        "Is Bonjour heard on each LAN? not run",
    ):
        assert words in text, words


def test_the_gravest_finding_comes_first() -> None:
    text = markdown(REPORT)
    assert text.index("## Warning: ") < text.index("## Ok: ")


def test_text_of_the_network_stays_text_in_markdown() -> None:
    finding = make_finding("check_failed", EVIL, "warning", "proven", (EVIL,), title=EVIL)
    text = markdown(msgspec.structs.replace(REPORT, findings=(finding,)))
    assert "<script" not in text.replace("\\<script", "")
    assert "\n## heading" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert plain("1. x") == "1\\. x"
    assert plain("- x") == "\\- x"
    assert plain("192.168.1.23") == "192.168.1.23"


@pytest.mark.parametrize(
    ("text", "set_so"),
    [
        ("[x]: http://evil.example/a", r"\[x\]: http\://evil.example/a"),
        ("[^1]: note", r"\[^1\]: note"),
        ("    code", "code"),
        ("&lt;img&gt;", r"\&lt;img\&gt;"),
        ("www.evil.example", r"www\.evil.example"),
        ("ask @ann", "ask @\N{WORD JOINER}ann"),
        ("ann@host.example", "ann@host.example"),
        ("- [x] done", r"\- \[x\] done"),
    ],
)
def test_nothing_of_the_network_becomes_a_definition_a_link_a_mention_or_code(text: str, set_so: str) -> None:
    assert plain(text) == set_so


def test_text_of_the_network_stays_text_in_html() -> None:
    finding = make_finding("check_failed", EVIL, "warning", "proven", (EVIL,), title=EVIL)
    before = Elements(html(msgspec.structs.replace(REPORT, findings=(REPORT.findings[0],))))
    after = Elements(html(msgspec.structs.replace(REPORT, findings=(finding,))))
    assert "script" not in after.names
    assert set(after.names) - set(before.names) <= {"h3", "ol", "ul", "li"}
    assert any("<script>alert(1)</script>" in text for text in after.texts)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = html(REPORT)
    assert "src=" not in page
    assert "href" not in page
    assert "default-src 'none'" in page


def test_a_healthy_host_is_said_to_be_so() -> None:
    text = markdown(msgspec.structs.replace(REPORT, findings=(), changes=(), changes_left_out=0))
    assert "**Nothing was found that keeps local traffic away.**" in text
    assert "What changed" not in text
