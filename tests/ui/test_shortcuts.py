from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from ui.pages import PAGES
from ui.shortcuts import PAGE_KEYS, Key, with_key


def test_no_key_means_two_things(qapp: QApplication) -> None:
    sequences = [sequence.toString() for key in Key for sequence in key.sequences]
    assert len(sequences) == len(set(sequences))
    assert all(not QKeySequence(text).isEmpty() for text in sequences)


def test_every_page_has_a_key_and_every_key_says_what_it_does(qapp: QApplication) -> None:
    assert set(PAGE_KEYS) == {entry.name for entry in PAGES}
    assert all(key.says for key in Key)


def test_a_tooltip_names_the_key(qapp: QApplication) -> None:
    assert with_key("Freeze", Key.PAUSE).startswith("Freeze (")
