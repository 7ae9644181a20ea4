"""Every key of the window in one place, with what it does, so that F1 can list them."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QKeySequence


class Key(Enum):
    """A shortcut: its sequences as portable text (Ctrl is Command on a Mac), then what it does.

    Not Ctrl+Space for pause: macOS owns it.
    """

    INTERFACES = (("Ctrl+1",), QT_TRANSLATE_NOOP("shortcuts", "Show Interfaces"))
    BONJOUR = (("Ctrl+2",), QT_TRANSLATE_NOOP("shortcuts", "Show Bonjour"))
    MULTICAST = (("Ctrl+3",), QT_TRANSLATE_NOOP("shortcuts", "Show Multicast"))
    PORTS = (("Ctrl+4",), QT_TRANSLATE_NOOP("shortcuts", "Show Ports"))
    DIAGNOSIS = (("Ctrl+5",), QT_TRANSLATE_NOOP("shortcuts", "Show Diagnosis"))
    FILTER = (("Ctrl+F",), QT_TRANSLATE_NOOP("shortcuts", "Go to the filter"))
    INTERFACE = (("Ctrl+L",), QT_TRANSLATE_NOOP("shortcuts", "Go to the interface chooser"))
    PAUSE = (("Ctrl+E",), QT_TRANSLATE_NOOP("shortcuts", "Pause or go on"))
    RESCAN = (("F5", "Ctrl+R"), QT_TRANSLATE_NOOP("shortcuts", "Ask again"))
    DETAILS = (("Ctrl+I",), QT_TRANSLATE_NOOP("shortcuts", "Show or hide the details"))
    COPY = (("Ctrl+C",), QT_TRANSLATE_NOOP("shortcuts", "Copy the selected rows"))
    COPY_CELL = (("Ctrl+Shift+C",), QT_TRANSLATE_NOOP("shortcuts", "Copy the current cell"))
    EXPORT = (("Ctrl+S",), QT_TRANSLATE_NOOP("shortcuts", "Export what is shown"))
    ESCAPE = (("Esc",), QT_TRANSLATE_NOOP("shortcuts", "Clear the filter, then return to the table"))
    HELP = (("F1",), QT_TRANSLATE_NOOP("shortcuts", "Show this list"))
    QUIT = (("Ctrl+Q",), QT_TRANSLATE_NOOP("shortcuts", "Quit"))

    @property
    def sequences(self) -> list[QKeySequence]:
        return [QKeySequence(text) for text in self.value[0]]

    @property
    def says(self) -> str:
        """What it does, in the person's language."""
        return QCoreApplication.translate("shortcuts", self.value[1])

    @property
    def shown(self) -> str:
        """The first sequence as this system writes it."""
        return self.sequences[0].toString(QKeySequence.SequenceFormat.NativeText)


PAGE_KEYS = {
    "interfaces": Key.INTERFACES,
    "bonjour": Key.BONJOUR,
    "multicast": Key.MULTICAST,
    "ports": Key.PORTS,
    "diagnosis": Key.DIAGNOSIS,
}


def with_key(text: str, key: Key) -> str:
    """A tooltip that also names the key."""
    return f"{text} ({key.shown})"
