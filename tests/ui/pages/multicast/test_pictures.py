from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ui.pages.multicast.history import Sample
from ui.pages.multicast.number_strip import NumberStrip
from ui.pages.multicast.rate_plot import RatePlot


@pytest.fixture
def strip(qtbot: QtBot) -> NumberStrip:
    strip = NumberStrip()
    qtbot.addWidget(strip)
    strip.resize(400, 400)
    strip.show()
    return strip


def test_a_strip_shows_each_number_and_counts_each_sign(strip: NumberStrip) -> None:
    strip.show_strip("." * 1000 + "xx:<_" + "." * 19)
    assert "".join(strip.lines) == "." * 1000 + "xx:<_" + "." * 19
    assert strip.legend == ("arrived 1,019", "missing 2", "came twice 1", "reordered 1", "late 1")
    assert strip.accessibleDescription() == ", ".join(strip.legend)


def test_a_low_strip_shows_the_newest_numbers(strip: NumberStrip) -> None:
    strip.show_strip("x" * 1000 + "." * 24)
    strip.resize(400, strip.minimumSizeHint().height())
    assert len(strip.lines) == 4
    assert strip.lines[-1].endswith("." * 24)


def test_what_is_painted_differs_by_what_became_of_the_numbers(strip: NumberStrip) -> None:
    strip.show_strip("." * 64)
    before = strip.grab().toImage()
    strip.show_strip("." * 63 + "x")
    assert strip.grab().toImage() != before


def test_the_plot_tells_its_highest_rate_and_loss(qtbot: QtBot) -> None:
    plot = RatePlot()
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    plot.show_samples([Sample(10.0, 0, 0), Sample(1200.0, 0, 0)])
    assert plot.captions == ("packets a second, at most 1.2 k", "nothing lost")
    calm = plot.grab().toImage()
    plot.show_samples([Sample(10.0, 4, 2), Sample(1200.0, 0, 0)])
    assert plot.captions[1] == "lost or dropped in a second, at most 6"
    assert plot.grab().toImage() != calm
