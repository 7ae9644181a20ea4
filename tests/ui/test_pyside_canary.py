"""PySide6 6.12.0 loses references to None and True before Python 3.12 and so aborts the interpreter in the end."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QStringListModel, Signal
from PySide6.QtWidgets import QApplication, QLabel

ROUNDS = 1000
TOLERANCE = 200
"""Other code may take and drop a few; a binding that loses one a call loses ROUNDS."""


class Sender(QObject):
    told = Signal(object)


def test_a_thousand_calls_lose_no_reference_to_none_or_true(qapp: QApplication) -> None:
    label, sender, model = QLabel(), Sender(), QStringListModel(["a"])
    sender.told.connect(lambda _value: None)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(ROUNDS):
        label.setText(str(number))
        sender.told.emit(True)
        model.insertRows(0, 1)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert before[0] - after[0] < TOLERANCE
    assert before[1] - after[1] < TOLERANCE
    label.deleteLater()
