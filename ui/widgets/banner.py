"""One sentence across a page: what is wrong, in plain words, with at most two things to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from net.records import Problem
from ui.text import visible
from ui.theme import Tone, tokens, unit
from ui.widgets.actions import Action, ActionButton
from ui.widgets.labels import PlainLabel, Size


@dataclass(frozen=True)
class Notice:
    """What a banner says. One notice of a ``key`` is shown at a time; a new one replaces it."""

    key: str
    title: str
    text: str = ""
    tone: Tone = Tone.WARNING
    actions: tuple[Action, ...] = ()


class _Words(QWidget):
    """The bold sentence with the plain one beside it, or under it where there is no room."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self._title = PlainLabel(visible(notice.title), size=Size.STRONG, wraps=True, selectable=True, parent=self)
        self._text = PlainLabel(visible(notice.text), wraps=True, selectable=True, parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width())

    def _place(self, width: int) -> None:
        """Put both where they fit, and be as high as that needs."""
        gap = unit(self.font()) * 2
        first = self._title.fontMetrics().horizontalAdvance(self._title.text()) + gap
        second = self._text.fontMetrics().horizontalAdvance(self._text.text()) + gap
        if first + second <= width or not self._text.text():
            line = self._title.heightForWidth(width if not self._text.text() else first)
            self._title.setGeometry(0, 0, min(first, width) if self._text.text() else width, line)
            self._text.setGeometry(first, 0, max(0, width - first), line)
            self.setFixedHeight(line)
            return
        upper, lower = self._title.heightForWidth(width), self._text.heightForWidth(width)
        self._title.setGeometry(0, 0, width, upper)
        self._text.setGeometry(0, upper, width, lower)
        self.setFixedHeight(upper + lower)


class Banner(QFrame):
    """A notice with its edge in the tone's colour.

    Signals:
        dismissed: the person closed it; carries the notice.
    """

    dismissed = Signal(object)

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setAccessibleName(visible(notice.title))
        self.setAccessibleDescription(visible(notice.text))
        gap = unit(self.font())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(gap * 4, gap * 2, gap * 2, gap * 2)
        layout.setSpacing(gap * 2)
        layout.addWidget(_Words(notice), 1)
        for action in notice.actions[:2]:
            layout.addWidget(ActionButton(action), 0, Qt.AlignmentFlag.AlignVCenter)
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.clicked.connect(self._dismiss)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)

    def _dismiss(self) -> None:
        self.dismissed.emit(self.notice)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens(self.palette())
        painter = QPainter(self)
        area = self.rect()
        painter.fillRect(area, QColor(colours.base))
        painter.fillRect(area, colours.tint(self.notice.tone, 0.10 if colours.dark else 0.06))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), QColor(colours.line))
        painter.fillRect(
            QRect(area.left(), area.top(), unit(self.font()), area.height()), colours.tone(self.notice.tone)
        )


class BannerArea(QWidget):
    """The banners of a page or of the window, newest below. A dismissed notice stays away while its words are the same.

    Signals:
        changed: another set of notices is shown.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: dict[str, Banner] = {}
        self._dismissed: dict[str, Notice] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_notice(self, notice: Notice) -> None:
        """Show it, in place of the one with its key; nothing happens if the same is shown or was dismissed."""
        shown = self._banners.get(notice.key)
        if (shown is not None and shown.notice == notice) or self._dismissed.get(notice.key) == notice:
            return
        self._take_away(notice.key)
        banner = Banner(notice)
        banner.dismissed.connect(self._dismiss)
        self._banners[notice.key] = banner
        self._layout.addWidget(banner)
        self.changed.emit()

    def show_problem(self, problem: Problem, *actions: Action) -> None:
        """A Problem in its own words, one banner per code and subject."""
        notice = Notice(problem_key(problem), problem.text, problem.remedy, tone=Tone.ERROR, actions=actions)
        self.show_notice(notice)

    def clear_notice(self, key: str) -> None:
        """Its cause is gone; should it come back, it is shown again."""
        self._dismissed.pop(key, None)
        if self._take_away(key):
            self.changed.emit()

    def rest_notice(self, key: str) -> None:
        """Not shown for now; that it was dismissed still counts."""
        if self._take_away(key):
            self.changed.emit()

    def notices(self) -> list[Notice]:
        """What is shown."""
        return [banner.notice for banner in self._banners.values()]

    def _dismiss(self, notice: Notice) -> None:
        self._dismissed[notice.key] = notice
        if self._take_away(notice.key):
            self.changed.emit()

    def _take_away(self, key: str) -> bool:
        banner = self._banners.pop(key, None)
        if banner is None:
            return False
        self._layout.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        return True


def problem_key(problem: Problem) -> str:
    """The key of the notice of a problem."""
    return f"{problem.code} {problem.subject}"
