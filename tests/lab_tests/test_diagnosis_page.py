"""The Diagnosis page looks into the lab by a real probe: the VPN that takes multicast, and a port with two owners."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from diagnosis.records import Barrier, Finding
from diagnosis.run import CHECKS
from tests.lab import Lab
from tests.lab.peers import web_server
from ui.link import Link
from ui.pages.diagnosis.page import DiagnosisPage, Kind
from ui.pages.diagnosis.tools.inventory import InventoryTool
from ui.pages.ports.page import PortsPage
from ui.settings import Settings
from ui.widgets.actions import ActionButton
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

PATIENCE_MS = 10_000
RUN_MS = 20_000


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path, fresh_lab: Lab) -> Iterator[MainWindow]:
    """A window that looks into alpha; closed at the end, its probe with it."""
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Link(f"netns:{fresh_lab.alpha.netns}"), Settings(store))
    window.show()
    yield window
    window.close()
    window.deleteLater()


def page_of(window: MainWindow) -> DiagnosisPage:
    return cast("DiagnosisPage", window.page("diagnosis"))


def findings(page: DiagnosisPage) -> dict[str, Finding]:
    return {row.finding.code: row.finding for row in page.model.items()}


def test_the_vpns_banner_leads_to_its_finding_with_evidence(fresh_lab: Lab, window: MainWindow, qtbot: QtBot) -> None:
    fresh_lab.vpn_up()
    interfaces = window.page("interfaces")
    qtbot.waitUntil(lambda: bool(interfaces.banners.notices()), timeout=PATIENCE_MS)
    interfaces.banners.findChildren(ActionButton)[0].click()
    page = page_of(window)
    qtbot.waitUntil(lambda: page.view.current_item() is not None, timeout=PATIENCE_MS)
    row = page.view.current_item()
    assert row is not None
    assert (row.finding.code, row.finding.subject, row.stale) == ("tunnel_takes_multicast", "utun3", False)
    assert any("leads to utun3" in evidence for evidence in row.finding.evidence)
    assert page.form.details is not None
    assert "IP_ADD_MEMBERSHIP" in page.form.details.as_text()
    assert page.badge.text == "1"
    fresh_lab.vpn_down()
    page.rescan()
    qtbot.waitUntil(lambda: not page.running and "tunnel_takes_multicast" not in findings(page), timeout=PATIENCE_MS)


def test_two_programs_on_a_port_are_found_without_sending_and_lead_to_the_ports_page(
    fresh_lab: Lab, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    with (
        web_server(fresh_lab.alpha, "0.0.0.0", 5000, tmp_path) as four,
        web_server(fresh_lab.alpha, "::1", 5000, tmp_path),
    ):
        window.show_page("diagnosis")
        page = page_of(window)
        qtbot.waitUntil(lambda: "port_has_two_owners" in findings(page), timeout=PATIENCE_MS)
        finding = findings(page)["port_has_two_owners"]
        assert (finding.subject, finding.check) == ("5000", "ports")
        assert any(str(four.pid) in evidence for evidence in finding.evidence)
        assert page.kind is Kind.QUIET
        page.select("5000")
        assert page.form.details is not None
        page.form.details.actions[0].run()
        assert window.current is window.page("ports")
        assert cast("PortsPage", window.page("ports")).port == 5000


def test_a_full_run_asks_the_network_and_reports_what_it_heard(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("diagnosis")
    page = page_of(window)
    qtbot.waitUntil(lambda: not page.running and bool(page.head.rows()), timeout=PATIENCE_MS)
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.why is Why.NOTHING_FOUND
    page.head.button.click()
    qtbot.waitUntil(lambda: not page.running, timeout=RUN_MS)
    assert {row.state.check: row.state.state for row in page.head.rows()} == dict.fromkeys(CHECKS, "done")
    silent = findings(page)["bonjour_silent"]
    assert silent.certainty == "possible"
    assert "# Lanscout diagnosis" in page.export_report()
    assert silent.title in page.export_report()


def test_a_full_run_is_stopped_by_the_button_and_can_be_made_again(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("diagnosis")
    page = page_of(window)
    qtbot.waitUntil(lambda: not page.running and bool(page.head.rows()), timeout=PATIENCE_MS)
    page.head.button.click()
    qtbot.waitUntil(
        lambda: any(row.state.check == "silence" and row.state.state == "running" for row in page.head.rows()),
        timeout=PATIENCE_MS,
    )
    page.head.button.click()
    assert not page.running
    stopped = {row.state.check for row in page.head.rows() if row.stopped}
    assert "silence" in stopped
    page.head.button.click()
    qtbot.waitUntil(lambda: not page.running, timeout=RUN_MS)
    assert {row.state.check: row.state.state for row in page.head.rows()} == dict.fromkeys(CHECKS, "done")


def test_what_stands_between_is_read_on_the_host_looked_at(fresh_lab: Lab, window: MainWindow, qtbot: QtBot) -> None:
    fresh_lab.alpha.run(["nft", "add table inet wall; add chain inet wall in { type filter hook input priority 0; }"])
    fresh_lab.vpn_up()
    window.go_to("diagnosis", "inventory")
    tool = page_of(window).views.tool
    assert isinstance(tool, InventoryTool)

    def rows() -> dict[str, Barrier]:
        return {row.name: row for row in tool.table.model.items()}

    qtbot.waitUntil(lambda: not tool._watches and "utun3" in rows(), timeout=PATIENCE_MS)
    assert (rows()["utun3"].layer, rows()["utun3"].known) == ("vpn", True)
    wall = next(row for name, row in rows().items() if "wall" in f"{name} {row.evidence}")
    assert wall.layer == "packet_filter"
    fresh_lab.vpn_down()
    tool.rescan()
    qtbot.waitUntil(lambda: not tool._watches and "utun3" not in rows(), timeout=PATIENCE_MS)
    assert wall.name in rows()
