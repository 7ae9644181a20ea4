from __future__ import annotations

import time

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.pages.ports.scene import LISTENERS, NODE
from ui.pages.ports.history import PORTS_KEPT, TURNS_KEPT, History, Turn, owners_of, turn_words

POSTGRES, DOCKER = ("postgres (812)",), ("com.docker.backend (1902)",)


def test_a_change_of_owners_is_kept_newest_first() -> None:
    history = History()
    assert history.note(5432, POSTGRES, POSTGRES, 0) is None
    history.note(5432, (), POSTGRES, 10)
    history.note(5432, POSTGRES, DOCKER, 20)
    assert history.of(5432) == (Turn(20, POSTGRES, DOCKER), Turn(10, (), POSTGRES))
    assert history.of(1) == ()


def test_a_port_that_is_handed_over_changes_once() -> None:
    history = History()
    history.note(5432, POSTGRES, (), 10)
    assert history.note(5432, (), DOCKER, 11) == Turn(11, POSTGRES, DOCKER)
    assert len(history.of(5432)) == 1


def test_an_owner_that_held_the_port_only_for_a_moment_is_named() -> None:
    history = History()
    history.note(5432, (), POSTGRES, 10)
    assert history.note(5432, POSTGRES, (), 11) == Turn(11, POSTGRES, ())
    assert history.note(5432, (), DOCKER, 12) == Turn(12, POSTGRES, DOCKER)
    assert history.of(5432) == (Turn(12, POSTGRES, DOCKER), Turn(10, (), POSTGRES))
    both = (*DOCKER, *POSTGRES)
    history.note(5432, DOCKER, both, 20)
    assert history.note(5432, both, POSTGRES, 21) == Turn(21, DOCKER, POSTGRES)


def test_a_program_that_is_back_at_once_has_changed_nothing() -> None:
    history = History()
    history.note(5432, POSTGRES, (), 10)
    assert history.note(5432, (), POSTGRES, 11) is None
    assert history.of(5432) == ()


def test_thousands_of_ports_and_turns_are_not_kept() -> None:
    history = History()
    for port in range(1, PORTS_KEPT + 100):
        history.note(port, (), DOCKER, 0)
    assert history.of(1) == ()
    assert history.of(PORTS_KEPT + 50)
    for turn in range(TURNS_KEPT * 2):
        history.note(9, *((POSTGRES, DOCKER) if turn % 2 else (DOCKER, POSTGRES)), turn * 10)
    assert len(history.of(9)) == TURNS_KEPT


def test_turns_are_told_in_words(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "localtime", time.gmtime)
    assert turn_words(Turn(36_843, POSTGRES, DOCKER)) == "10:14:03  postgres (812) → com.docker.backend (1902)"
    assert turn_words(Turn(0, POSTGRES, ())).endswith("postgres (812) → free")
    assert owners_of([LISTENERS[0], NODE, NODE]) == ("hidden: needs root", "node (4242)")
