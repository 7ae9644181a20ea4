"""The head of the Diagnosis page: the button that runs the checks, a sentence on the run, and how the checks stand."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.pages.diagnosis.columns import CheckRow, check_columns, check_counts, check_rank
from ui.theme import Tone, tokens, unit
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.labels import PlainLabel
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

ROWS_SHOWN = 8
ROWS_LEAST = 3
"""Of the table of checks, where there is room for so many and where there is not; the others are scrolled to."""


class CheckHead(QFrame):
    """Run button, sentence, and a line on the checks that opens their table.

    Signals:
        run_wanted: all checks are to run.
        stop_wanted: the run is to end.
        copy_wanted: the report of the run is to be copied.
        save_wanted: it is to be saved as a file.
    """

    run_wanted = Signal()
    stop_wanted = Signal()
    copy_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self._tone = Tone.NEUTRAL
        gap = unit(self.font())
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._clicked)
        self.report = QPushButton(self.tr("Report"))
        self.report.setAutoDefault(False)
        self.report.setToolTip(self.tr("The findings with interfaces and changes, to hand on."))
        self.report.setMenu(self._report_menu())
        self.sentence = PlainLabel(dim=True, wraps=True)
        self.model: KeyedTableModel[CheckRow] = KeyedTableModel(check_columns(), natural=check_rank, parent=self)
        self.view = TableView(self.model, FilterProxy(self.model, self), name=self.tr("Checks"))
        self.view.set_single_line(single=True)
        self.view.horizontalHeader().hide()
        self.view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.view.setSizeAdjustPolicy(TableView.SizeAdjustPolicy.AdjustToContents)
        self.fold = self._fold_button()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.sentence)
        words.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        bar = QHBoxLayout()
        bar.setContentsMargins(gap * 3, gap * 2, gap * 2, gap * 2)
        bar.setSpacing(gap * 3)
        bar.addWidget(self.button)
        bar.addLayout(words, 1)
        bar.addWidget(self.report)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(bar)
        outer.addWidget(self.view)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.set_running(running=False)
        self.show_checks(())

    @property
    def tells_all(self) -> bool:
        """Whether a report tells MACs, public addresses and names, too."""
        return not self._redacts.isChecked()

    def _fold_button(self) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setArrowType(Qt.ArrowType.RightArrow)
        button.setToolTip(self.tr("Each check with its state and time."))
        button.toggled.connect(self._unfold)
        return button

    def unfold(self) -> None:
        """Show each check."""
        self.fold.setChecked(True)

    def _unfold(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.fold.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._fit()

    def _report_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Copy as Markdown")).triggered.connect(self.copy_wanted)
        menu.addAction(self.tr("Save as Markdown, HTML or JSON…")).triggered.connect(self.save_wanted)
        menu.addSeparator()
        self._redacts = menu.addAction(self.tr("Leave out MACs, public addresses and names"))
        self._redacts.setCheckable(True)
        self._redacts.setChecked(True)
        return menu

    def set_running(self, *, running: bool) -> None:
        """The button runs, or stops."""
        self._running = running
        text = self.tr("Stop") if running else self.tr("Run all checks")
        self.button.setText(text)
        self.button.setAccessibleName(text)
        metrics = self.button.fontMetrics()
        self.button.setMinimumWidth(metrics.horizontalAdvance(self.tr("Run all checks")) + unit(self.font()) * 8)
        running_tip = self.tr("End the run; what was found stays.")
        self.button.setToolTip(running_tip if running else self.tr("Some checks ask on the network and listen."))

    def show_checks(self, rows: Iterable[CheckRow]) -> None:
        """How the checks stand."""
        by_name = {row.state.check: row for row in rows}
        self.model.keep_only(by_name)
        self.model.put(by_name.items())
        self.model.flush()
        words, tone = check_counts(by_name.values())
        if words != self.fold.text():
            self.fold.setText(words)
            self.fold.setAccessibleName(words)
        self._tone = tone
        self._fit()

    def _fit(self) -> None:
        """Line and table, as there are checks and as the person wants them."""
        number = len(self.model.rows)
        self.fold.setVisible(bool(number))
        self.view.setVisible(bool(number) and self.fold.isChecked())
        row = self.view.verticalHeader().defaultSectionSize()
        self.view.setMinimumHeight(min(number, ROWS_LEAST) * row)
        self.view.setMaximumHeight(min(number, ROWS_SHOWN) * row)
        self.update()

    def rows(self) -> list[CheckRow]:
        return self.model.items()

    def _clicked(self) -> None:
        if self._running:
            self.stop_wanted.emit()
        else:
            self.run_wanted.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The edge at the left tells that a check failed, or that some run."""
        colours = tokens(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.base))
        if self._tone is not Tone.NEUTRAL:
            painter.fillRect(0, 0, unit(self.font()), self.height(), colours.tone(self._tone))
        top = self.view.geometry().top() if self.view.isVisible() else self.height()
        painter.fillRect(0, top - 1, self.width(), 1, QColor(colours.line))
