from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from diagnosis.findings import make_finding
from diagnosis.records import Finding
from diagnosis.run import CHECKS
from net.records import Problem, Record
from tests.ui.pages.diagnosis.scene import BEGIN, HELD, NOTHING, QUIET, REPORT, SILENT, TUNNEL, TWO_OWNERS, state, told
from tests.ui.pages.diagnosis.tools.scene import barriers
from tests.ui.scenes import ANSWERS
from ui.export import Exporter
from ui.link import Phase
from ui.pages.diagnosis.columns import check_word
from ui.pages.diagnosis.page import DiagnosisPage, Kind
from ui.pages.diagnosis.tools.inventory import InventoryTool
from ui.theme import Tone
from ui.widgets.actions import ActionButton
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

MakeWindow = Callable[..., MainWindow]
END = {"end": True}


def open_page(make_window: MakeWindow, qtbot: QtBot, *steps: Any, **script: Any) -> DiagnosisPage:
    """The page in a window whose interface is chosen already, as choosing one runs the quiet checks anew."""
    window = make_window({**ANSWERS, "diagnosis.run": list(steps)}, **script)
    qtbot.waitUntil(lambda: window.chosen is not None)
    window.show_page("diagnosis")
    return page_of(window)


def page_of(window: MainWindow) -> DiagnosisPage:
    return cast("DiagnosisPage", window.page("diagnosis"))


def tell(page: DiagnosisPage, *records: Record) -> None:
    """As if the probe had told them."""
    page.feed(tuple(records))
    page.model.flush()


def codes(page: DiagnosisPage) -> list[str]:
    return [row.finding.code for row in page.model.items()]


def stale(page: DiagnosisPage) -> list[str]:
    return [row.finding.code for row in page.model.items() if row.stale]


def checks(page: DiagnosisPage) -> dict[str, str]:
    return {row.state.check: check_word(row) for row in page.head.rows()}


def asked(log: Path) -> list[dict[str, Any]]:
    """What the probe was asked of the diagnosis, in order."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line["with"] for line in lines if line.get("watch") == "diagnosis.run"]


@pytest.fixture
def page(make_window: MakeWindow, qtbot: QtBot) -> DiagnosisPage:
    page = open_page(make_window, qtbot, told(*QUIET), told(REPORT), END)
    qtbot.waitUntil(lambda: len(codes(page)) == 3 and not page.running)
    return page


def test_what_sends_nothing_runs_by_itself_and_the_rest_only_on_a_click(
    make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    page = open_page(make_window, qtbot, told(*QUIET), END, log=str(log))
    qtbot.waitUntil(lambda: not page.running and page.kind is Kind.QUIET)
    assert [ask["passive"] for ask in asked(log)] == [True]
    assert checks(page) == {"tunnel": "done", "ports": "done", "silence": "not run"}
    assert "The checks that send nothing ran at" in page.head.sentence.text()
    page.head.button.click()
    qtbot.waitUntil(lambda: not page.running and page.kind is Kind.ALL)
    assert [ask["passive"] for ask in asked(log)] == [True, False]
    assert "All checks ran at" in page.head.sentence.text()


def test_showing_the_page_again_runs_nothing(page: DiagnosisPage) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    window.show_page("interfaces")
    window.show_page("diagnosis")
    assert not page.running
    assert stale(page) == []


def test_the_worst_comes_first_and_the_badge_counts_it(page: DiagnosisPage) -> None:
    assert codes(page) == ["port_has_two_owners", "tunnel_takes_multicast", "port_held"]
    assert (page.badge.text, page.badge.tone) == ("2", Tone.WARNING)
    tell(page, msgspec.structs.replace(SILENT, severity="error"))
    assert codes(page)[0] == "bonjour_silent"
    assert (page.badge.text, page.badge.tone) == ("3", Tone.ERROR)
    assert page.facts()[0] == "4 findings (1 note)"


def test_a_row_says_severity_certainty_finding_cause_and_subject(page: DiagnosisPage) -> None:
    row = page.model.rows[1]
    severity, finding, subject, _seen = (page.model.cell(row, column) for column in range(4))
    assert (severity.glyph, severity.text, severity.detail) == ("!", "Warning", "proven")
    assert finding.text == TUNNEL.title
    assert finding.detail == TUNNEL.cause
    assert [chip.text for chip in subject.chips] == ["utun3"]


def test_details_hold_cause_numbered_remedies_and_evidence_and_are_copied(page: DiagnosisPage) -> None:
    page.view.select_key(TUNNEL.key())
    details = page.form.details
    assert details is not None
    assert details.title == TUNNEL.title
    by_title = {section.title: section for section in details.sections}
    assert by_title["Why"].text == TUNNEL.cause
    assert [fact.label for fact in by_title["What to do"].facts] == ["1", "2", "3", "4"]
    assert tuple(fact.value for fact in by_title["What to do"].facts) == TUNNEL.remedy
    assert tuple(fact.value for fact in by_title["What was seen"].facts) == TUNNEL.evidence
    assert by_title["How sure"].text.startswith("Proven:")
    page.form.copy()
    text = QGuiApplication.clipboard().text()
    assert TUNNEL.remedy[0] in text
    assert TUNNEL.evidence[0] in text


def test_findings_of_an_older_run_stay_until_the_new_one_says_otherwise(page: DiagnosisPage) -> None:
    tell(page, SILENT, state("silence", "done", 5.1))
    page.restarted()
    page.model.flush()
    assert len(stale(page)) == 4
    assert page.model.cell(page.model.rows[0], 3).text.startswith("from ")
    tell(page, *BEGIN)
    assert len(codes(page)) == 4
    tell(page, TWO_OWNERS, state("ports", "done", 0.1))
    assert "port_held" not in codes(page), "the check did not find it again"
    assert stale(page) == ["tunnel_takes_multicast", "bonjour_silent"]
    tell(page, state("tunnel", "done", 0.1))
    assert codes(page) == ["port_has_two_owners", "bonjour_silent"], "the check that did not run has said nothing"


def test_a_check_that_failed_says_nothing_against_its_older_findings(page: DiagnosisPage) -> None:
    page.restarted()
    tell(page, *BEGIN, state("tunnel", "failed", 0.1))
    assert "tunnel_takes_multicast" in stale(page)
    assert checks(page)["tunnel"] == "failed"


def test_a_check_told_to_be_done_before_its_findings_keeps_them(page: DiagnosisPage) -> None:
    page.restarted()
    tell(page, state("tunnel", "done", 0.1), state("ports", "done", 0.1), TUNNEL, TWO_OWNERS, HELD)
    assert stale(page) == []
    assert len(codes(page)) == 3


def test_a_run_can_be_stopped_and_what_was_found_stays(make_window: MakeWindow, qtbot: QtBot) -> None:
    page = open_page(make_window, qtbot, told(*BEGIN, TUNNEL, state("tunnel", "done", 0.1)))
    qtbot.waitUntil(lambda: codes(page) == ["tunnel_takes_multicast"])
    assert page.head.button.text() == "Stop"
    page.head.button.click()
    assert not page.running
    assert page.head.button.text() == "Run all checks"
    assert checks(page) == {"tunnel": "done", "ports": "stopped", "silence": "not run"}
    assert codes(page) == ["tunnel_takes_multicast"]
    assert all(watch.method != "diagnosis.run" for watch in page.context.link._watches.values())


def test_a_run_goes_on_while_another_page_is_shown(make_window: MakeWindow, qtbot: QtBot) -> None:
    page = open_page(make_window, qtbot, told(*BEGIN))
    qtbot.waitUntil(lambda: checks(page).get("ports") == "running")
    window = page.window()
    assert isinstance(window, MainWindow)
    window.show_page("interfaces")
    assert page.running
    window.show_page("diagnosis")
    assert page.running
    assert checks(page)["ports"] == "running"


def test_while_checking_the_panel_names_what_is_checked(make_window: MakeWindow, qtbot: QtBot) -> None:
    page = open_page(make_window, qtbot, told(*BEGIN))
    qtbot.waitUntil(lambda: bool(checks(page)))
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.why is Why.LISTENING
    assert page.empty.emptiness.reasons == ("Does a VPN take unbound multicast?", "Are wanted ports held?")


def test_of_many_checks_that_run_the_panel_names_the_first(make_window: MakeWindow, qtbot: QtBot) -> None:
    page = open_page(make_window, qtbot, told(*(state(name, "running") for name in CHECKS)))
    qtbot.waitUntil(lambda: bool(checks(page)))
    assert page.empty.emptiness is not None
    *named, rest = page.empty.emptiness.reasons
    assert named == [check.title for check in list(CHECKS.values())[:4]]
    assert rest == f"and {len(CHECKS) - 4} more"


def test_the_checks_are_one_line_until_the_person_opens_it(page: DiagnosisPage, qtbot: QtBot) -> None:
    assert page.head.fold.text() == "3 checks: 2 done, 1 not run"
    assert not page.head.view.isVisible()
    closed = page.head.height()
    page.head.fold.click()
    assert page.head.view.isVisible()
    page.head.fold.click()
    assert not page.head.view.isVisible()
    qtbot.waitUntil(lambda: page.head.height() == closed)


def test_each_check_has_its_state_and_time_and_what_failed_or_runs_comes_first(page: DiagnosisPage) -> None:
    page._watch = page.context.link.watch("nobody.answers", page.context.link.hello)  # type: ignore[arg-type]
    tell(page, *(state(name, "running") for name in CHECKS))
    done = [name for name in CHECKS if name not in ("silence", "refusals", "hops")]
    tell(page, *(state(name, "done", 0.25) for name in done), state("hops", "failed", 1.5))
    page.head.unfold()
    shown = page.head.view.rows_as_text(selected=False)[1:]
    assert [row[0] for row in shown[:4]] == ["failed", "running", "running", "done"]
    assert shown[0][1] == CHECKS["hops"].title
    assert {row[1] for row in shown[1:3]} == {CHECKS["refusals"].title, CHECKS["silence"].title}
    assert (shown[0][3], shown[3][3]) == ("1.5 s", "250 ms")
    assert len(shown) == len(CHECKS)
    assert page.head.fold.text() == f"{len(CHECKS)} checks: 1 failed, 2 running, {len(CHECKS) - 3} done"


def test_the_open_list_of_all_checks_leaves_the_findings_their_room(page: DiagnosisPage, qtbot: QtBot) -> None:
    window = page.window()
    window.resize(900, 560)
    page.head.unfold()
    tell(page, *(state(name, "done", 0.1) for name in CHECKS))
    qtbot.waitUntil(lambda: page.head.view.verticalScrollBar().maximum() > 0)
    assert page.view.height() >= page.view.height_of(2)


def test_not_run_yet_says_so_and_offers_the_run(make_window: MakeWindow, qtbot: QtBot) -> None:
    page = open_page(make_window, qtbot, told(*BEGIN))
    qtbot.waitUntil(lambda: bool(checks(page)))
    page.stop()
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.why is Why.NOT_ASKED
    assert [action.text for action in page.empty.emptiness.actions] == ["Run all checks"]


def test_nothing_wrong_says_what_was_checked(make_window: MakeWindow, qtbot: QtBot) -> None:
    done = (state("tunnel", "done", 0.1), state("ports", "done", 0.1))
    page = open_page(make_window, qtbot, told(*BEGIN, *done, NOTHING), END)
    qtbot.waitUntil(lambda: bool(checks(page)) and not page.running)
    emptiness = page.empty.emptiness
    assert emptiness is not None
    assert emptiness.why is Why.NOTHING_FOUND
    assert emptiness.title == NOTHING.title
    assert emptiness.reasons[0] == "3 checks: 2 done, 1 not run"
    assert page.badge.text == ""
    assert [action.text for action in emptiness.actions] == ["Run all checks", "Show the checks"]
    emptiness.actions[1].run()
    assert page.head.view.isVisible()


def test_what_cannot_work_says_so_and_is_tried_again(make_window: MakeWindow, qtbot: QtBot) -> None:
    problem = Problem(code="unexpected", subject="diagnosis.run", text="It failed (bad news).", remedy="Wait.")
    page = open_page(make_window, qtbot, {"problem": msgspec.to_builtins(problem)})
    qtbot.waitUntil(lambda: page.failed_with is not None)
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.why is Why.CANNOT_WORK
    assert page.empty.emptiness.title == problem.text
    assert page.banners.notices()[0].title == problem.text
    window = page.window()
    assert isinstance(window, MainWindow)
    window.show_page("interfaces")
    window.show_page("diagnosis")
    assert page.running


def test_a_banner_of_another_page_leads_to_its_finding(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window({**ANSWERS, "diagnosis.run": [told(*QUIET), END]})
    interfaces = window.page("interfaces")
    qtbot.waitUntil(lambda: bool(interfaces.banners.notices()))
    interfaces.banners.findChildren(ActionButton)[0].click()
    page = page_of(window)
    qtbot.waitUntil(lambda: page.view.current_item() is not None)
    row = page.view.current_item()
    assert row is not None
    assert row.finding == TUNNEL


def test_what_no_finding_is_about_is_said(page: DiagnosisPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.message) as said:
        page.select("en9")
    assert said.args == ["No finding is about en9 now."]


def test_an_older_finding_is_not_selected_while_the_checks_still_run(page: DiagnosisPage) -> None:
    page.restarted()
    page._watch = page.context.link.watch("nobody.answers", page.context.link.hello)  # type: ignore[arg-type]
    page.select("utun3")
    assert page.view.current_item() is None
    tell(page, TUNNEL)
    row = page.view.current_item()
    assert row is not None
    assert row.finding.subject == "utun3"


def test_a_filter_gives_way_to_what_is_to_be_selected(page: DiagnosisPage) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    window.tools.filter.setText("severity:info")
    assert page.proxy.rowCount() == 1
    page.select("utun3")
    assert window.tools.filter.text() == ""
    row = page.view.current_item()
    assert row is not None
    assert row.finding == TUNNEL


def test_a_finding_leads_to_the_page_that_shows_it(page: DiagnosisPage, qtbot: QtBot) -> None:
    page.view.select_key(TWO_OWNERS.key())
    with qtbot.waitSignal(page.go_to) as went:
        page._show_subject()
    assert went.args == ["ports", "5000"]
    with qtbot.waitSignal(page.go_to) as went:
        page.activate(page.model.items()[1])
    assert went.args == ["interfaces", "utun3"]


@pytest.mark.parametrize(
    ("check", "code", "layer"),
    [
        ("firewall", "firewall_drops_bonjour", "packet_filter"),
        ("sharing", "guests_not_translated", "nat"),
        ("refusals", "local_network_denied", "privacy"),
        ("refusals", "vpn_overrules_bound", "vpn"),
    ],
)
def test_what_is_in_the_way_leads_to_its_row_among_what_stands_between(
    make_window: MakeWindow, qtbot: QtBot, check: str, code: str, layer: str
) -> None:
    answers = {**ANSWERS, "diagnosis.run": [END], "diagnosis.inventory": [told(*barriers()), END]}
    window = make_window(answers)
    window.show_page("diagnosis")
    page = page_of(window)
    finding = msgspec.structs.replace(TUNNEL, check=check, code=code)
    tell(page, finding)
    page.view.select_key(finding.key())
    assert page.form.details is not None
    assert page.form.details.actions[0].text == "What stands between"
    page.form.details.actions[0].run()
    tool = page.views.tool
    assert isinstance(tool, InventoryTool)
    qtbot.waitUntil(lambda: tool.table.view.current_item() is not None and not tool._watches)
    row = tool.table.view.current_item()
    assert row is not None
    assert row.layer == layer


@pytest.mark.parametrize("code", ["check_failed", "not_checked", "no_lan"])
def test_what_no_page_shows_has_no_button(page: DiagnosisPage, code: str) -> None:
    finding = msgspec.structs.replace(TUNNEL, check="interfaces", code=code)
    tell(page, finding)
    page.view.select_key(finding.key())
    assert page.form.details is not None
    assert page.form.details.actions == ()


def test_selection_stays_when_a_run_tells_the_same_again(page: DiagnosisPage) -> None:
    page.view.select_key(TUNNEL.key())
    page.restarted()
    tell(page, *QUIET)
    row = page.view.current_item()
    assert row is not None
    assert row.finding == TUNNEL
    assert not row.stale


def test_another_interface_never_sends(page: DiagnosisPage, qtbot: QtBot) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    page.kind = Kind.ALL
    window.choose_interface("en5")
    assert page.kind is Kind.QUIET
    qtbot.waitUntil(lambda: not page.running)


def test_hostile_texts_are_visible_everywhere(page: DiagnosisPage) -> None:
    hostile = Finding(
        code="x", severity="error", certainty="possible", subject="a\u202eb", title="<b>t</b>\n", evidence=("`e`\x00",),
        cause="[c](javascript:x)", remedy=("# r",),
    )  # fmt: skip
    tell(page, hostile)
    cells = [page.model.cell(page.model.rows[0], column) for column in range(4)]
    assert cells[1].text == "<b>t</b>␊"
    assert cells[2].chips[0].text == "a⟨U+202E⟩b"
    page.view.select_key(hostile.key())
    assert not page.window().grab().isNull()


def test_the_report_tells_the_run_and_is_redacted_unless_the_person_says_otherwise(page: DiagnosisPage) -> None:
    report = page.export_report()
    assert report.startswith("# Lanscout diagnosis\n\n**2 warnings, 1 note. ")
    assert "Looked from host-1 (macOS) by user-1" in report
    assert "- Are wanted ports held? done, 0.1 s" in report
    assert "- Is Bonjour heard on each LAN? not run" in report
    assert "4. Or give multicast a route of its own" in report
    menu = page.head.report.menu()
    copy, _, _, redacts = menu.actions()
    copy.trigger()
    assert QGuiApplication.clipboard().text() == report
    redacts.trigger()
    assert "Looked from alpha (macOS) by mia" in page.export_report()


def test_findings_are_exported_as_records(page: DiagnosisPage) -> None:
    assert page.export_records() == [TWO_OWNERS, TUNNEL, HELD]


def test_paused_findings_wait(page: DiagnosisPage) -> None:
    page.set_paused(True)
    page.feed((SILENT,))
    assert "bonjour_silent" not in codes(page)
    page.set_paused(False)
    page.model.flush()
    assert "bonjour_silent" in codes(page)


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_the_report_is_written_as_a_file(page: DiagnosisPage, tmp_path: Path, form: str) -> None:
    said: list[str] = []
    Exporter(page, page, said.append).write(str(tmp_path / f"report.{form}"))
    text = (tmp_path / f"report.{form}").read_text(encoding="utf-8")
    assert text == page.export_report_as(form)
    assert "utun3 takes multicast" in text
    assert "mia" not in text
    assert said == [f"3 rows written to report.{form}."]


def test_a_run_whose_probe_dies_is_made_again_and_what_was_found_stays_meanwhile(
    make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_page(make_window, qtbot, told(*BEGIN, TUNNEL, state("tunnel", "done", 0.1)), log=str(tmp_path / "log"))
    qtbot.waitUntil(lambda: codes(page) == ["tunnel_takes_multicast"])
    process = page.context.link._process
    assert process is not None
    process.kill()
    qtbot.waitUntil(lambda: page.context.link.state.phase is Phase.RESTARTING)
    assert page.running
    assert codes(page) == ["tunnel_takes_multicast"]
    qtbot.waitUntil(lambda: len(asked(tmp_path / "log")) == 2)
    qtbot.waitUntil(lambda: stale(page) == [] and checks(page)["tunnel"] == "done")
    assert codes(page) == ["tunnel_takes_multicast"]
    assert page.running


def test_a_check_that_could_not_be_made_is_a_finding_and_first_among_the_checks(page: DiagnosisPage) -> None:
    failed = make_finding(
        "check_failed", "tunnel", "warning", "proven", ("TimeoutError: ",), title=CHECKS["tunnel"].title
    )
    page.restarted()
    tell(page, *BEGIN, msgspec.structs.replace(failed, check="tunnel"), state("tunnel", "failed", 10.0))
    tell(page, TWO_OWNERS, HELD, state("ports", "done", 0.1))
    assert codes(page)[:2] == ["check_failed", "port_has_two_owners"]
    assert "could not be" in page.model.items()[0].finding.title
    assert page.head.fold.text() == "3 checks: 1 failed, 1 done, 1 not run"
    page.head.unfold()
    assert page.head.view.rows_as_text(selected=False)[1][:2] == ("failed", CHECKS["tunnel"].title)


def test_a_run_stopped_while_paused_is_shown_as_stopped_when_it_goes_on(make_window: MakeWindow, qtbot: QtBot) -> None:
    page = open_page(make_window, qtbot, told(*BEGIN))
    qtbot.waitUntil(lambda: checks(page).get("ports") == "running")
    page.set_paused(True)
    tell(page, TUNNEL, state("tunnel", "done", 0.1))
    page.stop()
    assert not page.running
    assert checks(page)["tunnel"] == "running", "what is shown rests"
    page.set_paused(False)
    assert checks(page) == {"tunnel": "done", "ports": "stopped", "silence": "not run"}
    assert codes(page) == ["tunnel_takes_multicast"]


def test_a_run_that_ends_while_paused_is_shown_when_it_goes_on(make_window: MakeWindow, qtbot: QtBot) -> None:
    page = open_page(make_window, qtbot, told(*BEGIN))
    qtbot.waitUntil(lambda: checks(page).get("ports") == "running")
    page.set_paused(True)
    tell(page, *QUIET[len(BEGIN) :], REPORT)
    assert page._watch is not None
    page._watch.ended.emit()
    assert not page.running
    page.set_paused(False)
    assert checks(page) == {"tunnel": "done", "ports": "done", "silence": "not run"}
    assert "# Lanscout diagnosis" in page.export_report()
