"""The head of the Diagnosis page: the button that runs the checks, a sentence on the run, and how each check stands."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.pages.diagnosis.columns import CheckRow, check_columns
from ui.theme import tokens, unit
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.labels import PlainLabel
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

ROWS_SHOWN = 6


class CheckHead(QFrame):
    """Run button, sentence and the table of checks.

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
        gap = unit(self.font())
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._clicked)
        self.report = QPushButton(self.tr("Report"))
        self.report.setAutoDefault(False)
        self.report.setToolTip(self.tr("The findings with interfaces and changes, to hand on."))
        self.report.setMenu(self._report_menu())
        self.sentence = PlainLabel(dim=True, wraps=True)
        self.model: KeyedTableModel[CheckRow] = KeyedTableModel(check_columns(), natural=_place, parent=self)
        self.view = TableView(self.model, FilterProxy(self.model, self), name=self.tr("Checks"))
        self.view.set_single_line(single=True)
        self.view.horizontalHeader().hide()
        self.view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        bar = QHBoxLayout()
        bar.setContentsMargins(gap * 3, gap * 2, gap * 2, gap * 2)
        bar.setSpacing(gap * 3)
        bar.addWidget(self.button)
        bar.addWidget(self.sentence, 1)
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
        shown = min(len(by_name), ROWS_SHOWN)
        self.view.setVisible(bool(shown))
        self.view.setFixedHeight(max(1, shown) * self.view.verticalHeader().defaultSectionSize())

    def rows(self) -> list[CheckRow]:
        return self.model.items()

    def _clicked(self) -> None:
        if self._running:
            self.stop_wanted.emit()
        else:
            self.run_wanted.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.base))
        top = self.view.geometry().top() if self.view.isVisible() else self.height()
        painter.fillRect(0, top - 1, self.width(), 1, QColor(colours.line))


def _place(row: CheckRow) -> int:
    return row.place
