from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from ui.pages.interfaces.traffic_history import SECONDS, Reading
from ui.pages.interfaces.traffic_plot import TrafficPlot
from ui.theme import tokens

WIDTH = SECONDS + 1
"""A second is a pixel."""


@pytest.fixture
def plot(qapp: QApplication) -> Iterator[TrafficPlot]:
    plot = TrafficPlot()
    plot.resize(WIDTH, plot.sizeHint().height())
    yield plot
    plot.close()
    plot.deleteLater()


def columns(plot: TrafficPlot, colour: str) -> set[int]:
    """The seconds ago in which this colour, or nearly it, stands below the captions."""
    image: QImage = plot.grab().toImage()
    wanted = QColor(colour)
    found = set()
    for x in range(image.width()):
        for y in range(image.height()):
            there = image.pixelColor(x, y)
            distance = abs(there.red() - wanted.red()) + abs(there.green() - wanted.green())
            if distance + abs(there.blue() - wanted.blue()) < 40:
                found.add(SECONDS - x)
                break
    return found


def test_it_hides_while_there_is_nothing_to_show(plot: TrafficPlot) -> None:
    plot.show_readings([Reading(1, 1.0, 1.0, 0.0)])
    assert not plot.isHidden()
    plot.show_readings([])
    assert plot.isHidden()


def test_the_captions_have_the_highest_of_each_way_also_for_those_who_do_not_see(plot: TrafficPlot) -> None:
    plot.show_readings([Reading(1, 1500.0, 20.0, 0.0), Reading(2, 900.0, 80.0, 0.0)])
    assert plot.captions == ("received, at most 1.5 kB/s", "sent, at most 80 B/s")
    assert plot.accessibleDescription() == ", ".join(plot.captions)


def test_the_newest_is_at_the_right_and_where_nobody_read_there_is_a_gap(plot: TrafficPlot) -> None:
    seconds = [*range(100), *range(200, 300)]
    plot.show_readings([Reading(second, 50.0, 50.0, 0.0) for second in seconds])
    drawn = columns(plot, tokens(plot.palette()).accent)
    assert {5, 95, 205, 295} <= drawn
    assert not drawn & set(range(105, 195)), "the hundred seconds of the gap"
    assert not drawn & set(range(305, SECONDS)), "before the first reading"


def test_errors_are_marked_at_their_second(plot: TrafficPlot) -> None:
    plot.show_readings([Reading(second, 50.0, 50.0, float(second == 100)) for second in range(300)])
    marked = columns(plot, tokens(plot.palette()).error)
    assert marked
    assert marked <= {198, 199, 200, 201, 202}


def test_silence_is_a_line_at_the_bottom_and_no_division_by_zero(plot: TrafficPlot) -> None:
    plot.show_readings([Reading(second, 0.0, 0.0, 0.0) for second in range(10)])
    assert plot.captions == ("received, at most 0 B/s", "sent, at most 0 B/s")
    assert not columns(plot, tokens(plot.palette()).accent)
