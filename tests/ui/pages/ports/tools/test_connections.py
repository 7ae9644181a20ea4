from __future__ import annotations

import msgspec
import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.records import Removed
from tests.ui.pages.ports.scene import CONNECTIONS
from tests.ui.pages.ports.tools.conftest import Asked, MakeTool
from tests.ui.scenes import batch
from ui.pages.ports.tools.connections import ConnectionsTool
from ui.widgets.empty_panel import Why


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> ConnectionsTool:
    tool: ConnectionsTool = make_tool(ConnectionsTool)
    qtbot.waitUntil(lambda: len(tool.table.model.rows) == len(CONNECTIONS))
    return tool


def ports(tool: ConnectionsTool) -> list[int]:
    return [each.port for each in tool.table.proxy.shown_items()]


def test_connections_are_asked_for_only_while_the_view_is_in_front(
    tool: ConnectionsTool, asked: Asked, qtmodeltester: ModelTester
) -> None:
    assert asked()[0]["with"]["connections"] is True
    assert ports(tool) == [5432, 52290, 52344]
    tool.hidden()
    assert not tool._watches
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def why(tool: ConnectionsTool) -> Why | None:
    return tool.table.empty.emptiness.why if tool.table.empty.emptiness is not None else None


@pytest.mark.parametrize(
    ("typed", "left"),
    [("port:443", [52344]), ("port:44", []), ("proc:postgres", [5432]), ("user:mia", [5432, 52344]),
     ("state:time", [52290]), ("proto:udp", []), ("addr:192.168.1.40", [52290])],
)  # fmt: skip
def test_the_filter_knows_both_ends_and_the_process(tool: ConnectionsTool, typed: str, left: list[int]) -> None:
    tool.set_filter(typed)
    assert ports(tool) == left


def test_what_opens_and_closes_while_paused_is_shown_on_resuming(tool: ConnectionsTool) -> None:
    tool.set_paused(True)
    tool.take((msgspec.structs.replace(CONNECTIONS[0], port=7),))
    tool.take((Removed(of="connection", name=CONNECTIONS[1].key().name),))
    assert ports(tool) == [5432, 52290, 52344]
    assert tool.newer == 2
    tool.set_paused(False)
    tool.table.model.flush()
    assert ports(tool) == [7, 52290, 52344]


def test_without_connections_the_panel_says_so(make_tool: MakeTool) -> None:
    tool: ConnectionsTool = make_tool(ConnectionsTool, watch=[batch()])
    assert why(tool) is Why.LISTENING
    tool.take(())
    assert why(tool) is Why.NOTHING_FOUND
