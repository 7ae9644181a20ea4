from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from ui.settings import Settings
from ui.theme import Mode


def store(path: Path) -> QSettings:
    return QSettings(str(path / "x.ini"), QSettings.Format.IniFormat)


def test_defaults_of_a_first_start(settings: Settings) -> None:
    assert settings.geometry.isEmpty()
    assert settings.theme is Mode.AUTO
    assert settings.page == "interfaces"
    assert settings.details_shown
    assert settings.interface("local") is None
    assert settings.places == ()
    assert settings.header("ports").isEmpty()


def test_what_is_set_is_there_at_the_next_start(tmp_path: Path) -> None:
    first = Settings(store(tmp_path))
    first.geometry = QByteArray(b"geometry")
    first.theme = Mode.DARK
    first.page = "ports"
    first.details_shown = False
    first.places = ("netns:alpha", "ssh:beta")
    first.set_interface("netns:alpha", "en0 f0:18:98:42:a1:3e")
    first.set_interface("ssh:a/b", "")
    first.set_header("ports", QByteArray(b"header"))
    first.set_splitter("stacked", QByteArray(b"sizes"))
    first.set_page_text("multicast", "group", "224.224.0.77:23019")
    first.flush()
    second = Settings(store(tmp_path))
    assert second.geometry == QByteArray(b"geometry")
    assert second.theme is Mode.DARK
    assert second.page == "ports"
    assert not second.details_shown
    assert second.places == ("netns:alpha", "ssh:beta")
    assert second.interface("netns:alpha") == "en0 f0:18:98:42:a1:3e"
    assert second.interface("ssh:a/b") == ""
    assert second.header("ports") == QByteArray(b"header")
    assert second.splitter("stacked") == QByteArray(b"sizes")
    assert second.page_text("multicast", "group") == "224.224.0.77:23019"


def test_a_spoiled_value_is_a_default(tmp_path: Path) -> None:
    spoiled = store(tmp_path)
    spoiled.setValue("window/theme", "purple")
    spoiled.setValue("window/geometry", "text")
    assert Settings(spoiled).theme is Mode.AUTO
    assert Settings(spoiled).geometry.isEmpty()
