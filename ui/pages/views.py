"""The views of a page, its own and those of its tools, and the switch between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QStackedWidget, QVBoxLayout, QWidget

from net.records import Interface
from ui.pages.base import Page, PageContext
from ui.pages.tool import ToolEntry
from ui.theme import tokens, unit
from ui.widgets.current_stack import CurrentStack
from ui.widgets.details_form import DetailsForm
from ui.widgets.segments import Segments


class Views(QWidget):
    """Builds a tool when it is first chosen; without tools there is no switch.

    Beside the hooks of ui.pages.tool.Tool a tool may have those of a page: ``set_filter``,
    ``example``, ``set_paused``, ``set_quiet``, ``rescan``, ``focus_content``, ``export_rows``, ``export_records``,
    ``export_report``, and ``details``, a widget for beside the page.

    Attributes:
        details: a stack with the details of the view in front, for beside the page.

    Signals:
        changed: another view is in front.
        message, go_to: what a tool says, as a page does.
        quiet_changed: a tool is to send nothing, or may again; its page decides.
        details_filled: a tool has something to show in its details now, or nothing any more.
    """

    changed = Signal()
    details_filled = Signal()
    quiet_changed = Signal(bool)
    message = Signal(str)
    go_to = Signal(str, str)

    def __init__(
        self, context: PageContext, first: tuple[str, str], own: QWidget, details: QWidget, tools: Sequence[ToolEntry]
    ) -> None:
        """``first``: name and title of the page's own view, which ``own`` shows with ``details`` beside it."""
        super().__init__()
        self._context = context
        self._tools = {tool.name: tool for tool in tools}
        self._built: dict[str, QWidget] = {}
        self._interface: Interface | None = None
        self._filter = ""
        self._paused = self._shown = self._quiet = False
        self._first = self._front = first[0]
        self.stack = CurrentStack()
        self.stack.addWidget(own)
        self._own = own
        self.details = QStackedWidget()
        self.details.addWidget(details)
        self._own_details = details
        choices = [first, *((tool.name, tool.title) for tool in tools)]
        self.switch = Segments(choices, name=self.tr("View"))
        self.head = _Head(self.switch)
        self.head.setVisible(bool(tools))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.stack, 1)
        self.switch.chosen.connect(self._chosen)

    @property
    def current(self) -> str:
        """The name of the view in front."""
        return self._front

    @property
    def tool(self) -> QWidget | None:
        """The tool in front; None while it is the page's own view."""
        return self._built.get(self._front)

    @property
    def newer(self) -> int:
        """How many records of the tools wait while paused."""
        return sum(getattr(tool, "newer", 0) for tool in self._built.values())

    @property
    def has_details(self) -> bool:
        """Whether the view in front has something to show beside the page."""
        return self.tool is None or isinstance(getattr(self.tool, "details", None), QWidget)

    def filter_example(self, own: str) -> str:
        """What the filter of the view in front understands, ``own`` being that of the page's own view."""
        return own if self.tool is None else getattr(self.tool, "example", "")

    def has(self, name: str) -> bool:
        """Whether there is a tool of that name."""
        return name in self._tools

    def add_corner(self, widget: QWidget) -> None:
        """Put ``widget`` at the end of the switch's line, where it is seen while the page's own view is.

        Where the line has no room for both, it stands under the switch.
        """
        self.head.add(widget)
        self.changed.connect(lambda: widget.setVisible(self.current == self._first))

    def speak_for(self, page: Page) -> None:
        """What the tools say, ``page`` says."""
        self.message.connect(page.message)
        self.go_to.connect(page.go_to)
        self.details_filled.connect(page.details_changed)

    def show_view(self, name: str) -> None:
        """Bring that view to the front."""
        self.switch.choose(name)

    def begin(self, name: str) -> bool:
        """Bring the tool of that name to the front and have it begin; False where there is none."""
        if name in self._tools:
            self.use(name, "begin")
        return name in self._tools

    def focus_tool(self) -> bool:
        """Give the keyboard to the tool in front; False while it is the page's own view."""
        tool = self.tool
        if tool is not None:
            tool.setFocus()
            call(tool, "focus_content")
        return tool is not None

    def use(self, name: str, what: str, *arguments: object) -> None:
        """Bring that tool to the front, and have it do that."""
        self.show_view(name)
        call(self.tool, what, *arguments)

    def shown(self) -> None:
        """The page is in front."""
        self._shown = True
        call(self.tool, "shown")

    def hidden(self) -> None:
        self._shown = False
        call(self.tool, "hidden")

    def close_tools(self) -> None:
        """The page closes: everything stops."""
        for tool in self._built.values():
            call(tool, "close_tool")

    def set_interface(self, interface: Interface | None) -> None:
        self._interface = interface
        for tool in self._built.values():
            call(tool, "set_interface", interface)

    def set_filter(self, text: str) -> None:
        self._filter = text
        for tool in self._built.values():
            call(tool, "set_filter", text)

    def set_paused(self, *, paused: bool) -> None:
        self._paused = paused
        for tool in self._built.values():
            call(tool, "set_paused", paused)

    def set_quiet(self, *, quiet: bool) -> None:
        """Those tools that ask by themselves send nothing."""
        self._quiet = quiet
        for tool in self._built.values():
            call(tool, "set_quiet", quiet)

    def _chosen(self, name: str) -> None:
        if self._shown:
            call(self.tool, "hidden")
        if name != self._first and name not in self._built:
            self._build(name)
        self._front = name
        tool = self.tool
        self.stack.setCurrentWidget(tool if tool is not None else self._own)
        details = getattr(tool, "details", None)
        self.details.setCurrentWidget(details if isinstance(details, QWidget) else self._own_details)
        if self._shown:
            call(tool, "shown")
        self.changed.emit()

    def _build(self, name: str) -> None:
        tool = self._built[name] = self._tools[name].factory(self._context)
        self.stack.addWidget(tool)
        details = getattr(tool, "details", None)
        if isinstance(details, QWidget):
            self.details.addWidget(details)
            if isinstance(details, DetailsForm):
                details.filled_changed.connect(self.details_filled)
        for signal in ("message", "go_to", "quiet_changed"):
            if hasattr(tool, signal):
                getattr(tool, signal).connect(getattr(self, signal))
        call(tool, "set_quiet", self._quiet)
        call(tool, "set_interface", self._interface)
        call(tool, "set_filter", self._filter)
        call(tool, "set_paused", self._paused)


class _Head(QWidget):
    """The switch and what stands beside it, or under it; a line separates them from what is chosen."""

    def __init__(self, switch: QWidget) -> None:
        super().__init__()
        gap = unit(self.font())
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(gap * 3, gap, gap * 3, gap)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._row.addWidget(switch)
        self._row.addStretch(1)

    def add(self, widget: QWidget) -> None:
        self._row.addWidget(widget)

    def minimumSizeHint(self) -> QSize:
        """As wide as its widest part: it can be two lines."""
        margins = self._row.contentsMargins()
        widest = max((part.minimumSizeHint().width() for part in self._parts()), default=0)
        return QSize(widest + margins.left() + margins.right(), self._row.minimumSize().height())

    def _parts(self) -> list[QWidget]:
        items = [self._row.itemAt(place) for place in range(self._row.count())]
        found = [item.widget() for item in items if item is not None]
        return [part for part in found if part is not None and not part.isHidden()]

    def _break_line(self) -> None:
        margins, parts = self._row.contentsMargins(), self._parts()
        wanted = sum(part.sizeHint().width() for part in parts) + self._row.spacing() * len(parts)
        narrow = wanted + margins.left() + margins.right() > self.width()
        direction = QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        if len(parts) > 1 and direction != self._row.direction():
            self._row.setDirection(direction)
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._break_line()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._break_line()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens(self.palette()).line))


def call(tool: QWidget | None, name: str, *arguments: object) -> Any:
    """What the tool answers to ``name``; None where it has no such method."""
    method = getattr(tool, name, None)
    return method(*arguments) if callable(method) else None
