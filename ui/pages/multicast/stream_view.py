"""The pictures of a stream: its plot, and the strip of its last numbers beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from net.records import Stream
from ui.pages.multicast.history import Sample
from ui.pages.multicast.number_strip import NumberStrip
from ui.pages.multicast.rate_plot import RatePlot
from ui.pages.multicast.target import endpoint
from ui.text import count, fill, visible
from ui.theme import tokens, unit
from ui.widgets.labels import PlainLabel, Size


class StreamView(QWidget):
    """Says why there is no strip, or no plot, where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        gap = unit(self.font())
        self.plot = RatePlot()
        self.strip = NumberStrip()
        self.why = PlainLabel(dim=True, wraps=True)
        self.why_no_plot = PlainLabel(dim=True, wraps=True)
        self.why_no_plot.setText(self.tr("Of a stream from a file rate and loss are not plotted."))
        self.plot_title = PlainLabel(size=Size.STRONG)
        self.strip_title = PlainLabel(size=Size.STRONG)
        self._strips = QStackedWidget()
        self._strips.addWidget(self.strip)
        self._strips.addWidget(self.why)
        self._plots = QStackedWidget()
        self._plots.addWidget(self.plot)
        self._plots.addWidget(self.why_no_plot)
        layout = QGridLayout(self)
        layout.setContentsMargins(gap * 3, gap * 2, gap * 3, gap * 2)
        layout.setHorizontalSpacing(gap * 6)
        layout.setVerticalSpacing(gap)
        layout.setRowStretch(1, 1)
        layout.setColumnStretch(0, 5)
        layout.setColumnStretch(1, 6)
        for column, (title, widget) in enumerate(((self.plot_title, self._plots), (self.strip_title, self._strips))):
            layout.addWidget(title, 0, column)
            layout.addWidget(widget, 1, column)

    def show_stream(self, stream: Stream, samples: Sequence[Sample], *, recorded: bool = False) -> None:
        """Show this one as it stands; ``recorded``: it is of a file, of which there are no samples."""
        source = visible(endpoint(stream.source, stream.source_port))
        self.plot_title.setText(fill(self.tr("Rate and loss of %1"), source))
        self.plot.show_samples(samples)
        self._plots.setCurrentWidget(self.why_no_plot if recorded else self.plot)
        text = stream.strip or ""
        words = self.tr("Its last %1 numbers").replace("%1", count(len(text))) if text else self.tr("Its numbers")
        self.strip_title.setText(words)
        self.strip.show_strip(text)
        if stream.payload is None:
            self.why.setText(self.tr("The payload carries no number this program reads."))
        else:
            self.why.setText(self.tr("Not kept for this stream: many groups are joined. Leave some and join it again."))
        self._strips.setCurrentWidget(self.strip if text else self.why)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens(self.palette()).line))
