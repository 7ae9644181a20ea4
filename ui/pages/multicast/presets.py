"""Presets of the page by name: a group with interfaces and sources, and what is sent to it."""

from __future__ import annotations

import msgspec

from net.records import Problem
from net.requests import SendRequest
from ui.pages.multicast.join_options import JoinOptions
from ui.settings import Settings

PAGE = "multicast"
KEY = "presets"
MOST = 100
NAME_CAP = 60


class Preset(msgspec.Struct, frozen=True):
    """``group`` as it is typed; ``send``: what the fields of the send strip say."""

    name: str
    group: str
    interfaces: tuple[str, ...] = ()
    options: JoinOptions = JoinOptions()
    send: SendRequest | None = None


class PresetBook:
    """The presets there are, by name, kept in the settings; what cannot be read there is left alone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def all(self) -> tuple[Preset, ...]:
        """By name."""
        text = self._settings.page_text(PAGE, KEY)
        if not text:
            return ()
        try:
            return msgspec.json.decode(text, type=tuple[Preset, ...])
        except msgspec.DecodeError:
            return ()

    def find(self, name: str) -> Preset | None:
        """The preset of that name."""
        return next((preset for preset in self.all() if preset.name == name), None)

    def save(self, preset: Preset) -> None:
        """Keep it, in the place of one of the same name; the newest MOST stay."""
        others = [known for known in self.all() if known.name != preset.name]
        self._write([*others, preset][-MOST:])

    def delete(self, name: str) -> None:
        """Forget it."""
        self._write([known for known in self.all() if known.name != name])

    def _write(self, presets: list[Preset]) -> None:
        presets.sort(key=lambda preset: preset.name.casefold())
        self._settings.set_page_text(PAGE, KEY, msgspec.json.encode(presets).decode())


def usable_name(text: str) -> str:
    """What a typed name is saved as; empty where it is none."""
    return " ".join(text.split())[:NAME_CAP]


def sources_of(options: JoinOptions | Problem) -> JoinOptions:
    """The options to save: none where the fields hold none that can be joined."""
    return JoinOptions() if isinstance(options, Problem) else options
