from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import DARK, LIGHT, Mode, Theme, Tokens, contrast, palette_of, tokens

SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("window", "base", "side")


@SCHEMES
@pytest.mark.parametrize("ground", [*GROUNDS, "selection", "control", "hover"])
def test_text_is_read_on_every_ground(scheme: Tokens, ground: str) -> None:
    assert contrast(scheme.text, getattr(scheme, ground)) >= 4.5


@SCHEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_dim_text_is_read_on_every_ground(scheme: Tokens, ground: str) -> None:
    assert contrast(scheme.dim, getattr(scheme, ground)) >= 4.5


@SCHEMES
def test_dim_text_is_read_on_a_selected_row(scheme: Tokens) -> None:
    assert contrast(scheme.dim_on_selection, scheme.selection) >= 4.5


@SCHEMES
@pytest.mark.parametrize("ground", [*GROUNDS, "selection"])
@pytest.mark.parametrize("tone", ["accent", "ok", "warning", "error"])
def test_glyphs_and_edges_are_seen(scheme: Tokens, tone: str, ground: str) -> None:
    assert contrast(getattr(scheme, tone), getattr(scheme, ground)) >= 3


@SCHEMES
def test_outlines_of_controls_are_seen(scheme: Tokens) -> None:
    assert contrast(scheme.control_line, scheme.window) >= 3
    assert contrast(scheme.control_line, scheme.base) >= 3


@SCHEMES
@pytest.mark.parametrize("tone", ["warning", "error"])
def test_a_filled_badge_can_be_read(scheme: Tokens, tone: str) -> None:
    on_it = scheme.window if scheme.dark else scheme.base
    assert contrast(on_it, getattr(scheme, tone)) >= (4.5 if tone == "error" else 4.2)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@SCHEMES
def test_tokens_are_read_off_the_palette(qapp: QApplication, scheme: Tokens) -> None:
    assert tokens(palette_of(scheme)) is scheme


def test_dark_holds_where_the_platform_knows_no_scheme(qapp: QApplication) -> None:
    before = qapp.palette()
    theme = Theme(qapp, Mode.DARK)
    try:
        assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
        theme.set_mode(Mode.LIGHT)
        assert qapp.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window
    finally:
        theme.set_mode(Mode.AUTO)
        theme.deleteLater()
        qapp.setPalette(before)
