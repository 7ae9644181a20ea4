"""What the window remembers between two runs, typed and with defaults."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

from ui.theme import Mode

HEADER_VERSION = 1
"""Raised when a table gains or loses columns: the state of another version would restore nonsense."""


class Settings:
    """Reads and writes one QSettings store; nothing else in the program touches QSettings.

    ``store``: for tests, an INI file; None is the person's own.
    """

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store if store is not None else QSettings("Lanscout", "Lanscout")

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key, QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    def _text(self, key: str, default: str = "") -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def _flag(self, key: str, *, default: bool) -> bool:
        return bool(self._store.value(key, default, type=bool))

    @property
    def geometry(self) -> QByteArray:
        """As of QWidget.saveGeometry; empty at the first start."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    def splitter(self, name: str) -> QByteArray:
        """As of QSplitter.saveState, one per arrangement."""
        return self._bytes(f"splitter/{name}")

    def set_splitter(self, name: str, value: QByteArray) -> None:
        self._store.setValue(f"splitter/{name}", value)

    def header(self, page: str) -> QByteArray:
        """As of QHeaderView.saveState of that page's table."""
        return self._bytes(f"header/v{HEADER_VERSION}/{page}")

    def set_header(self, page: str, value: QByteArray) -> None:
        self._store.setValue(f"header/v{HEADER_VERSION}/{page}", value)

    def page_text(self, page: str, key: str, default: str = "") -> str:
        """What a page remembers on its own account: a choice in a box, a text typed last time."""
        return self._text(f"page/{page}/{key}", default)

    def set_page_text(self, page: str, key: str, value: str) -> None:
        self._store.setValue(f"page/{page}/{key}", value)

    @property
    def theme(self) -> Mode:
        try:
            return Mode(self._text("window/theme", Mode.AUTO.value))
        except ValueError:
            return Mode.AUTO

    @theme.setter
    def theme(self, value: Mode) -> None:
        self._store.setValue("window/theme", value.value)

    @property
    def page(self) -> str:
        """The name of the page shown last."""
        return self._text("window/page", "interfaces")

    @page.setter
    def page(self, value: str) -> None:
        self._store.setValue("window/page", value)

    @property
    def details_shown(self) -> bool:
        return self._flag("window/details", default=True)

    @details_shown.setter
    def details_shown(self, value: bool) -> None:
        self._store.setValue("window/details", value)

    def interface(self, place: str) -> str | None:
        """The interface chosen at that place: None at the first start, ``""`` for all usable, else its key."""
        value = self._store.value(f"interface/{place.replace('/', '_')}")
        return value if isinstance(value, str) else None

    def set_interface(self, place: str, key: str) -> None:
        self._store.setValue(f"interface/{place.replace('/', '_')}", key)

    @property
    def places(self) -> tuple[str, ...]:
        """The places looked from lately, newest first."""
        text = self._text("window/places")
        return tuple(text.split("\n")) if text else ()

    @places.setter
    def places(self, value: tuple[str, ...]) -> None:
        self._store.setValue("window/places", "\n".join(value))

    def flush(self) -> None:
        """Write to disk now."""
        self._store.sync()
