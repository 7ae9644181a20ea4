"""The tools of the Bonjour page with a real probe, among real responders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.lab import Advertised, Avahi, Lab
from ui.interfaces import InterfaceBook
from ui.link import Link
from ui.pages.base import PageContext
from ui.pages.bonjour.tools.ask import AskTool
from ui.pages.bonjour.tools.ladder import LadderTool
from ui.pages.bonjour.tools.lint import LintTool
from ui.pages.bonjour.tools.packets import PacketsTool
from ui.pages.bonjour.tools.publish import PublishTool
from ui.pages.tool import Tool
from ui.settings import Settings

WEB = Advertised(name="Web on beta", type="_http._tcp", port=8080, txt=("path=/a",))
PATIENCE_MS = 20_000
AnyTool = TypeVar("AnyTool", bound=Tool)
MakeTool = Callable[[type[AnyTool]], AnyTool]


@pytest.fixture
def make_tool(fresh_lab: Lab, qapp: QApplication, tmp_path: Path) -> Iterator[MakeTool[Any]]:
    """Tools that look from alpha, shown."""
    link = Link(f"netns:{fresh_lab.alpha.netns}")
    settings = Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    context = PageContext(link, settings, InterfaceBook(link))
    context.interfaces.ask()
    made: list[Tool] = []

    def make(kind: type[AnyTool]) -> AnyTool:
        tool = kind(context)
        made.append(tool)
        tool.show()
        tool.shown()
        return tool

    link.start()
    yield make
    for tool in made:
        tool.hidden()
        tool.close_tool()
        if hasattr(tool, "details"):
            tool.details.deleteLater()
        tool.close()
        tool.deleteLater()
    link.close()


def test_packets_are_logged_with_interface_and_ttl_and_recorded(
    fresh_lab: Lab, make_tool: MakeTool[PacketsTool], qtbot: QtBot, tmp_path: Path
) -> None:
    tool = make_tool(PacketsTool)
    qtbot.waitUntil(lambda: "en0" in tool.states, timeout=PATIENCE_MS)
    path = tmp_path / "mdns.pcapng"
    tool.desk.record_to(str(path))
    qtbot.waitUntil(lambda: path.exists() and path.stat().st_size > 0, timeout=PATIENCE_MS)
    said: list[str] = []
    tool.desk.said.connect(said.append)

    def answers() -> list[Any]:
        return [held for held in tool.log.model.items() if held.act == "answers" and b"Web on beta" in held.payload]

    with Avahi(fresh_lab, fresh_lab.beta, [WEB]):
        qtbot.waitUntil(lambda: bool(answers()), timeout=PATIENCE_MS)
        assert {(held.origin.interface, held.origin.ttl) for held in answers()} == {("en0", 255)}
        assert not any(held.problems for held in answers())
        tool.desk.stop_recording()
        qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE_MS)
    assert said[0].endswith(f"recorded to {path}.")
    assert int(said[0].split()[0]) > 0


def test_a_host_is_scored_and_normal_traffic_has_no_errors(
    fresh_lab: Lab, make_tool: MakeTool[LintTool], qtbot: QtBot
) -> None:
    tool = make_tool(LintTool)
    qtbot.waitUntil(lambda: "en0" in tool.states, timeout=PATIENCE_MS)
    with Avahi(fresh_lab, fresh_lab.beta, [WEB]):
        qtbot.waitUntil(lambda: fresh_lab.beta.v4[0] in tool.hosts, timeout=PATIENCE_MS)
        score = tool.hosts[fresh_lab.beta.v4[0]]
        assert (score.interfaces, score.errors) == (("en0",), 0)
        assert not [found for found in tool.findings.model.items() if found.severity == "error"]


def test_a_question_is_answered_and_a_record_verified(
    fresh_lab: Lab, make_tool: MakeTool[AskTool], qtbot: QtBot
) -> None:
    tool = make_tool(AskTool)
    with Avahi(fresh_lab, fresh_lab.beta, [WEB]):
        tool.ask_for("_http._tcp.local", "PTR")
        qtbot.waitUntil(lambda: tool.summary is not None, timeout=PATIENCE_MS)
        assert any(WEB.name in record.data for answer in tool._answers for record in answer.records)
        tool.verify(f"{WEB.name}._http._tcp.local", "SRV")
        qtbot.waitUntil(lambda: any(each.alive for each in tool.verified.values()), timeout=PATIENCE_MS)
        assert tool.head.sentence.startswith(("Alive", "It is answered for"))


def test_what_is_published_is_seen_by_another_host(
    fresh_lab: Lab, make_tool: MakeTool[PublishTool], qtbot: QtBot
) -> None:
    tool = make_tool(PublishTool)
    tool.form.name.setText("Web on alpha")
    tool.form.kind.setText("_http._tcp")
    tool.publish()

    def state() -> str:
        return tool.export_rows()[1][0]

    qtbot.waitUntil(lambda: state() == "announced", timeout=PATIENCE_MS)
    beta = fresh_lab.beta
    with Avahi(fresh_lab, beta, bus=True) as avahi:
        found = beta.run(["avahi-browse", "-tp", "--no-db-lookup", "_http._tcp"], env=avahi.environment).stdout
    assert "Web\\032on\\032alpha" in found
    tool.table.view.selectRow(0)
    tool.stop_selected()
    assert state() == "withdrawn"


def test_the_ladder_passes_among_hosts_that_answer(
    fresh_lab: Lab, make_tool: MakeTool[LadderTool], qtbot: QtBot
) -> None:
    tool = make_tool(LadderTool)
    with Avahi(fresh_lab, fresh_lab.beta, [WEB]):
        tool.run()
        qtbot.waitUntil(lambda: "en0" in tool.verdicts and tool.run_button.isEnabled(), timeout=60_000)
    assert tool.verdicts["en0"].failed is None
    assert len([rung for rung in tool.rungs.values() if rung.interface == "en0"]) == 7
