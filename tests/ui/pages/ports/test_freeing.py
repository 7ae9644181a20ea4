from __future__ import annotations

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QMenu

from net.ports.records import Listener
from resources.loader import port_conflicts
from tests.ui.pages.ports.scene import CONTROL_CENTER, CONTROL_PROCESS, LISTENERS, NODE, NODE_PROCESS
from ui.pages.ports.freeing import Hands, commands_of, free_action, settings_of
from ui.pages.ports.process_details import Known
from ui.widgets.actions import Action, add_choices


def offered(listener: Listener, known: Known, system: str = "macos", *, local: bool = True) -> list[Action]:
    done: list[str] = []
    hands = Hands(open=done.append, copy=done.append, end=lambda: done.append("end"))
    action = free_action(listener, known, system, local=local, hands=hands)
    return list(action.choices) if action is not None else []


def test_the_setting_comes_first_and_a_system_process_is_not_ended(qapp: QApplication) -> None:
    setting, end = offered(CONTROL_CENTER, CONTROL_PROCESS)
    assert setting.text == "Open General › AirDrop & Handoff"
    assert not end.enabled
    assert end.text.startswith("End process: ControlCenter (PID 431) is not ended. launchd starts it again at once.")


def test_the_setting_of_another_computer_cannot_be_opened(qapp: QApplication) -> None:
    assert [each.text.partition(":")[0] for each in offered(CONTROL_CENTER, CONTROL_PROCESS, local=False)] == [
        "End process"
    ]


def test_a_unit_is_stopped_by_its_command_before_its_process_is_ended(qapp: QApplication) -> None:
    known = msgspec.structs.replace(NODE_PROCESS, stop="systemctl --user stop shop.service")
    copy, end = offered(NODE, known, "linux")
    assert copy.text == "Copy “systemctl --user stop shop.service”"
    assert (end.text, end.enabled) == ("End process…", True)


@pytest.mark.parametrize(
    ("listener", "known", "reason"),
    [
        (NODE, None, "nothing is known of it yet"),
        (msgspec.structs.replace(NODE, started=None), None, "when it began is not known"),
        (LISTENERS[12], None, "its owner is only probable"),
    ],
)
def test_what_cannot_be_ended_says_why(qapp: QApplication, listener: Listener, known: Known, reason: str) -> None:
    end = offered(listener, known)[-1]
    assert not end.enabled
    assert end.text == f"End process: {reason}"
    menu = QMenu()
    add_choices(menu, [end])
    assert not menu.actions()[0].isEnabled()


def test_a_hidden_owner_offers_nothing(qapp: QApplication) -> None:
    assert offered(LISTENERS[0], None) == []


@pytest.mark.parametrize("system", ["macos", "linux", "windows"])
def test_commands_and_settings_are_found_in_the_steps_of_the_table(qapp: QApplication, system: str) -> None:
    rows = [msgspec.structs.replace(NODE, free_it=row.free_it) for row in port_conflicts() if system in row.os]
    commands = [command for row in rows for command in commands_of(row, None, system)]
    assert len(set(commands)) >= 3
    assert not any(command.endswith(("-", " ", ".")) for command in commands), commands
    if system != "linux":
        assert any(settings_of(row, system) for row in rows)
