"""A packet laid out: the tree of its fields beside its bytes, each marking in the other what is chosen in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QSplitter, QTreeView, QWidget

from discovery.bonjour.dissect import dissect
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.field_model import FieldModel
from ui.theme import Tone, small_font, tokens
from ui.widgets.hex_view import WIDE, HexView, line_width

LABEL_CHARACTERS = 24
LEAST_LINES = 5
LEAST_WIDE = 200
"""Before it has been laid out it is narrower."""


class PacketView(QSplitter):
    """``orientation``: the bytes stand beside the tree, or under it."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.payload = b""
        self._divided = False
        self.model = FieldModel(self)
        self.tree = QTreeView()
        self.bytes = HexView()
        self._set_up_tree()
        self.bytes.setFont(small_font(self.bytes.font()))
        least = QFontMetrics(self.font()).lineSpacing() * LEAST_LINES
        self.setChildrenCollapsible(False)
        for part in (self.tree, self.bytes):
            part.setMinimumHeight(least)
            self.addWidget(part)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0 if orientation == Qt.Orientation.Horizontal else 1)
        self._take_colours()
        self.tree.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.bytes.byte_chosen.connect(lambda place: self.choose(place, place + 1))

    def show_packet(self, payload: bytes, mark: tuple[int, int] | None = None, tone: Tone = Tone.INFO) -> None:
        """Lay ``payload`` out, with the bytes from ``mark[0]`` to before ``mark[1]`` marked in ``tone``.

        The same packet again stays as it is looked at.
        """
        if payload == self.payload and mark is None:
            return
        self.payload = payload
        self.model.show_field(dissect(payload) if payload else None)
        self.bytes.set_data(payload)
        self.bytes.mark(0, 0)
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            if row:  # all but the header
                self.tree.expand(index)
        if mark is not None and mark[0] < mark[1]:
            self.choose(*mark)
            self.bytes.mark(*mark, tone)

    def copy(self) -> None:
        """The current field as text to the clipboard."""
        field = self.model.field(self.tree.currentIndex())
        if field is not None:
            QGuiApplication.clipboard().setText(f"{field.label}: {field.value}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """At first the bytes get the width of a whole line of them, if the fields keep as much."""
        super().resizeEvent(event)
        if not self._divided and self.orientation() == Qt.Orientation.Horizontal and self.width() > LEAST_WIDE:
            self._divided = True
            wanted = QFontMetrics(self.bytes.font()).horizontalAdvance("0" * (line_width(WIDE) + 6))
            wide = min(wanted, self.width() * 11 // 20)
            self.setSizes([self.width() - wide, wide])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "model"):
            self._take_colours()

    def _take_colours(self) -> None:
        self.model.error = tokens(self.palette()).tone(Tone.ERROR)

    def choose(self, start: int, end: int) -> None:
        """Make the smallest field that holds those bytes the current one."""
        index = self.model.index_of(start, end)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.tree.selectionModel().setCurrentIndex(index, flags)
            self.tree.scrollTo(index)

    def _row_chosen(self, current: QModelIndex) -> None:
        field = self.model.field(current)
        if field is not None:
            self.bytes.mark(field.start, field.end, Tone.ERROR if field.flaw is not None else Tone.INFO)

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setModel(self.model)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setHeaderHidden(True)
        tree.setUniformRowHeights(True)
        tree.setAccessibleName(tr("Fields of the packet"))
        tree.setFont(small_font(tree.font()))
        tree.setIndentation(QFontMetrics(tree.font()).height())
        header = tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.resizeSection(0, QFontMetrics(tree.font()).averageCharWidth() * LABEL_CHARACTERS)
        copy = QAction(tr("Copy"), tree)
        copy.setShortcuts(QKeySequence.keyBindings(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        tree.addAction(copy)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
