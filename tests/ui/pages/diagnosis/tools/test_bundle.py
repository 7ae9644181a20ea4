from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from tests.diagnosis.bundle.build import ios_app
from tests.ui import scenes
from tests.ui.pages.diagnosis.tools.conftest import Asked, MakeTool
from tests.ui.pages.diagnosis.tools.scene import BROWSED, examined, wrong_app
from ui.pages.diagnosis.dropping import dropped_path
from ui.pages.diagnosis.tools.bundle import BundleTool
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

APP = "/tmp/Example.app"


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> BundleTool:
    tool: BundleTool = make_tool(BundleTool, bundle=examined(wrong_app, *BROWSED))
    tool.types.setText("_ssh._tcp, _ipp._tcp _ssh._tcp")
    tool.multicast.setChecked(True)
    tool.examine(APP)
    qtbot.waitUntil(lambda: bool(tool.findings) and not tool._watches)
    return tool


def test_nothing_is_asked_before_a_path_is_given(make_tool: MakeTool, asked: Asked) -> None:
    tool: BundleTool = make_tool(BundleTool)
    tool.run()
    assert asked() == []
    assert tool.table.empty.emptiness is not None
    assert tool.table.empty.emptiness.why is Why.NOT_ASKED
    assert "Drop an app here" in tool.strip.note.text


def test_findings_are_rows_the_worst_first_with_a_sentence_above(
    tool: BundleTool, asked: Asked, qtmodeltester: ModelTester
) -> None:
    assert [ask["with"] for ask in asked()] == [{"path": APP, "browses": ["_ssh._tcp", "_ipp._tcp"], "multicast": True}]
    codes = [row.finding.code for row in tool.table.proxy.shown_items()]
    assert codes[:3] == ["bundle_profile_expired", "bundle_relay_not_in_profile", "bundle_type_not_listed"]
    assert codes[3:] == ["bundle_uuid_missing", "bundle_read", "bundle_types_as_text"]
    assert tool.head.sentence == "Example.app: 3 errors, 1 warning."
    assert "facts read" in tool.head.facts
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_the_first_finding_is_open_with_its_source(tool: BundleTool) -> None:
    details = tool.details.details
    assert details is not None
    text = details.as_text()
    for part in ("Why", "What to do", "What was seen", "ExpirationDate is", "Source: TN3125"):
        assert part in text, part


def test_an_app_where_all_fits_is_told_so(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: BundleTool = make_tool(BundleTool, bundle=examined(ios_app, "_ipp._tcp"))
    tool.examine(APP)
    qtbot.waitUntil(lambda: bool(tool.findings))
    assert tool.head.sentence == "Nothing in Example.app contradicts itself."
    assert len(tool.export_records()) == 1


def test_what_cannot_be_read_is_said_in_place_of_the_table(make_tool: MakeTool, qtbot: QtBot) -> None:
    problem = make_problem("bundle_unknown", "/tmp/notes.txt")
    tool: BundleTool = make_tool(BundleTool, bundle=[{"problem": msgspec.to_builtins(problem)}])
    tool.examine("/tmp/notes.txt")
    qtbot.waitUntil(lambda: tool._failed is not None and not tool._watches)
    emptiness = tool.table.empty.emptiness
    assert emptiness is not None
    assert emptiness.why is Why.CANNOT_WORK
    assert "no app bundle" in emptiness.title


def test_return_in_a_field_checks(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: BundleTool = make_tool(BundleTool, bundle=examined(ios_app))
    tool.field.setText(APP)
    qtbot.keyClick(tool.types, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: bool(tool.findings))
    assert [ask["with"]["path"] for ask in asked()] == [APP]


def test_an_app_dropped_on_the_page_is_checked(
    make_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = make_window({**scenes.ANSWERS, "diagnosis.bundle": examined(ios_app)})
    window.show_page("diagnosis")
    page = window.page("diagnosis")
    data = QMimeData()
    data.setUrls([QUrl("https://example.com/"), QUrl.fromLocalFile(str(tmp_path / "Ex ample.app"))])
    drop = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPoint(9, 9), *drop)
    QApplication.sendEvent(page, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(9, 9), *drop))
    tool = getattr(page, "views").tool  # noqa: B009 - of a page with views
    assert isinstance(tool, BundleTool)
    assert tool.field.text() == str(tmp_path / "Ex ample.app")
    qtbot.waitUntil(lambda: bool(tool.findings))


def test_what_is_no_file_is_not_taken(make_window: Callable[..., MainWindow]) -> None:
    data = QMimeData()
    data.setText("hello")
    assert dropped_path(data) == ""
    page = make_window(scenes.ANSWERS).page("diagnosis")
    entering = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    entering.ignore()
    QApplication.sendEvent(page, entering)
    assert not entering.isAccepted()
