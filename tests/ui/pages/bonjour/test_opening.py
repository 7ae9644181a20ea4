from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.pages.bonjour.scene import service
from ui.pages.bonjour.opening import Opener, url_of


class Desktop:
    """Takes what would be opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.failed: list[str] = []
        self.answer = True

    def open(self, url: QUrl) -> bool:
        self.opened.append(url.toString())
        return self.answer


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Desktop:
    desktop = Desktop()
    monkeypatch.setattr("ui.pages.bonjour.opening.QDesktopServices.openUrl", desktop.open)
    return desktop


@pytest.fixture
def opener(qtbot: QtBot, desktop: Desktop) -> Iterator[Opener]:
    window = QWidget()
    yield Opener(window, desktop.failed.append)
    window.deleteLater()


def press(opener: Opener, word: str) -> None:
    assert opener.question is not None
    buttons = {button.text().replace("&", ""): button for button in opener.question.findChildren(QPushButton)}
    buttons[word].click()


def test_a_web_page_is_opened_at_once(opener: Opener, desktop: Desktop) -> None:
    url = url_of(service("x", txt={"path": "/fotos/"}))
    assert url is not None
    opener.open(url)
    assert desktop.opened == ["http://beta.local:8080/fotos/"]
    assert opener.question is None


def test_anything_else_is_opened_after_the_whole_address_was_seen(opener: Opener, desktop: Desktop) -> None:
    url = url_of(service("x", "_ssh._tcp", port=22))
    assert url is not None
    opener.open(url)
    assert desktop.opened == []
    assert opener.question is not None
    assert opener.question.text().endswith("\n\nssh://beta.local:22")
    assert opener.question.textFormat().name == "PlainText"
    press(opener, "Open")
    assert desktop.opened == ["ssh://beta.local:22"]
    assert opener.question is None


def test_saying_no_opens_nothing(opener: Opener, desktop: Desktop) -> None:
    opener.open("vnc://beta.local:5900")
    press(opener, "Cancel")
    assert desktop.opened == []
    assert opener.question is None


def test_what_no_program_takes_is_told(opener: Opener, desktop: Desktop) -> None:
    desktop.answer = False
    opener.open("http://beta.local/")
    assert desktop.failed == ["http://beta.local/"]


def test_what_is_no_url_is_never_handed_over(opener: Opener, desktop: Desktop) -> None:
    opener.open("http://beta.local:99999999/")
    assert desktop.opened == []
    assert desktop.failed == ["http://beta.local:99999999/"]


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "_nobody-knows._tcp"},
        {"host": None},
        {"host": "evil host/@x"},
        {"port": 0},
        {"kind": "_home-assistant._tcp", "txt": {"internal_url": "file:///etc/passwd"}},
        {"kind": "_home-assistant._tcp", "txt": {"internal_url": "javascript:alert(1)"}},
    ],
)
def test_nothing_is_offered_where_nothing_safe_can_be_opened(more: dict[str, object]) -> None:
    facts = {"kind": "_http._tcp", **more}
    assert url_of(service("x", **facts)) is None  # type: ignore[arg-type]
