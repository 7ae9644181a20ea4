"""The flat look of controls on Linux and Windows: Fusion's layout, painted with the tokens of the theme."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionHeader,
    QStyleOptionSlider,
    QWidget,
)

from ui.theme import Tokens, small_font, tokens

State = QStyle.StateFlag
Primitive = QStyle.PrimitiveElement
Control = QStyle.ControlElement
Complex = QStyle.ComplexControl
Sub = QStyle.SubControl


class FlatStyle(QProxyStyle):
    """Fusion without bevels: thin outlines, one radius, the accent for focus, quiet headers and scroll bars."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        colours = tokens(option.palette)
        if element == Primitive.PE_PanelButtonCommand:
            _draw_button(painter, option, colours)
        elif element == Primitive.PE_PanelButtonTool:
            if option.state & (State.State_MouseOver | State.State_On | State.State_Sunken | State.State_HasFocus):
                _draw_button(painter, option, colours, quiet=True)
        elif element in (Primitive.PE_PanelLineEdit, Primitive.PE_FrameLineEdit):
            if element == Primitive.PE_FrameLineEdit or getattr(option, "lineWidth", 1) > 0:
                _draw_field(painter, option, colours)
        elif element == Primitive.PE_FrameFocusRect:
            _draw_focus(painter, option.rect, colours)
        elif element == Primitive.PE_Frame:
            painter.setPen(QColor(colours.line))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if element in (Control.CE_HeaderSection, Control.CE_HeaderEmptyArea):
            _draw_header_ground(painter, option.rect, tokens(option.palette))
        elif element == Control.CE_HeaderLabel:
            _draw_header_label(painter, cast("QStyleOptionHeader", option), tokens(option.palette))
        elif element == Control.CE_Splitter:
            _draw_splitter(painter, option, tokens(option.palette))
        else:
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        colours = tokens(option.palette)
        if control == Complex.CC_ScrollBar and widget is not None:
            slider = self.subControlRect(control, option, Sub.SC_ScrollBarSlider, widget)
            _draw_scroll_bar(painter, cast("QStyleOptionSlider", option), slider, colours)
        elif (
            control == Complex.CC_ComboBox and widget is not None and not cast("QStyleOptionComboBox", option).editable
        ):
            _draw_button(painter, option, colours)
            arrow = self.subControlRect(control, option, Sub.SC_ComboBoxArrow, widget)
            _draw_chevron(painter, QPointF(arrow.center()), colours, enabled=bool(option.state & State.State_Enabled))
        else:
            super().drawComplexControl(control, option, painter, widget)

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 - Qt's name, given by keyword
    ) -> int:
        if hint == QStyle.StyleHint.SH_ComboBox_Popup:
            return 0
        if hint == QStyle.StyleHint.SH_Header_ArrowAlignment:
            return int(Qt.AlignmentFlag.AlignRight)
        return super().styleHint(hint, option, widget, returnData)


def _face(option: QStyleOption, colours: Tokens, *, quiet: bool) -> QColor:
    state = option.state
    if not state & State.State_Enabled:
        return QColor(colours.window)
    if state & (State.State_Sunken | State.State_On):
        return QColor(colours.selection)
    if state & State.State_MouseOver:
        return QColor(colours.hover)
    return QColor(Qt.GlobalColor.transparent) if quiet else QColor(colours.control)


def _draw_button(painter: QPainter, option: QStyleOption, colours: Tokens, *, quiet: bool = False) -> None:
    state = option.state
    features = option.features if isinstance(option, QStyleOptionButton) else None
    flat = quiet or (features is not None and bool(features & QStyleOptionButton.ButtonFeature.Flat))
    default = features is not None and bool(features & QStyleOptionButton.ButtonFeature.DefaultButton)
    focus = bool(state & State.State_HasFocus and state & State.State_KeyboardFocusChange)
    outline = QColor(colours.control_line if state & State.State_Enabled else colours.line)
    if focus or default:
        outline = QColor(colours.accent)
    elif flat:
        outline = QColor(Qt.GlobalColor.transparent)
    _rounded(painter, option.rect, _face(option, colours, quiet=flat), QPen(outline, 2 if focus else 1))


def _draw_field(painter: QPainter, option: QStyleOption, colours: Tokens) -> None:
    focus = bool(option.state & State.State_HasFocus)
    face = colours.control if option.state & State.State_Enabled else colours.window
    outline = colours.accent if focus else colours.control_line
    _rounded(painter, option.rect, QColor(face), QPen(QColor(outline), 2 if focus else 1))


def _draw_focus(painter: QPainter, rect: QRect, colours: Tokens) -> None:
    _rounded(painter, rect, QColor(Qt.GlobalColor.transparent), QPen(QColor(colours.accent), 1))


def _rounded(painter: QPainter, rect: QRect, face: QColor, pen: QPen) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen if pen.color().alpha() else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(face)
    inset = pen.widthF() / 2
    radius = max(4.0, painter.fontMetrics().height() * 0.28)
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def _draw_chevron(
    painter: QPainter, centre: QPointF, colours: Tokens, *, enabled: bool = True, up: bool = False
) -> None:
    reach = painter.fontMetrics().height() * 0.2
    rise = -reach / 2 if up else reach / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(colours.dim if enabled else colours.line), 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(centre.x() - reach, centre.y() - rise),
                QPointF(centre.x(), centre.y() + rise),
                QPointF(centre.x() + reach, centre.y() - rise),
            ]
        )
    )
    painter.restore()


def _draw_header_ground(painter: QPainter, rect: QRect, colours: Tokens) -> None:
    painter.fillRect(rect, QColor(colours.base))
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colours.line))


def _draw_header_label(painter: QPainter, option: QStyleOptionHeader, colours: Tokens) -> None:
    painter.save()
    font = small_font(painter.font())
    font.setWeight(font.Weight.DemiBold)
    painter.setFont(font)
    sorted_by = option.sortIndicator != QStyleOptionHeader.SortIndicator.None_
    painter.setPen(QColor(colours.text if sorted_by else colours.dim))
    gap = max(2, painter.fontMetrics().height() // 2)
    area = option.rect.adjusted(gap - 4, 0, -gap + 4, 0)
    room = area.width() - (gap * 2 if sorted_by else 0)
    title = painter.fontMetrics().elidedText(option.text, Qt.TextElideMode.ElideRight, room)
    alignment = option.textAlignment | Qt.AlignmentFlag.AlignVCenter
    if alignment & Qt.AlignmentFlag.AlignRight and sorted_by:
        area.setRight(area.right() - gap * 2)
    painter.drawText(area, alignment, title)
    if sorted_by:
        right_aligned = bool(alignment & Qt.AlignmentFlag.AlignRight)
        text_end = area.right() if right_aligned else area.left() + painter.fontMetrics().horizontalAdvance(title)
        ascending = option.sortIndicator == QStyleOptionHeader.SortIndicator.SortDown
        _draw_chevron(painter, QPointF(text_end + gap, option.rect.center().y()), colours, up=ascending)
    painter.restore()


def _draw_splitter(painter: QPainter, option: QStyleOption, colours: Tokens) -> None:
    hot = option.state & (State.State_MouseOver | State.State_Sunken)
    colour = QColor(colours.accent if hot else colours.line)
    rect = option.rect
    if option.state & State.State_Horizontal:
        painter.fillRect(QRect(rect.center().x(), rect.top(), 1, rect.height()), colour)
    else:
        painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), colour)


def _draw_scroll_bar(painter: QPainter, option: QStyleOptionSlider, slider: QRect, colours: Tokens) -> None:
    painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Base))
    if option.maximum <= option.minimum:
        return
    colour = QColor(colours.dim)
    colour.setAlphaF(0.75 if option.state & (State.State_MouseOver | State.State_Sunken) else 0.4)
    thickness = min(option.rect.width(), option.rect.height())
    inset = thickness * 0.28
    if option.orientation == Qt.Orientation.Vertical:
        thumb = QRectF(slider).adjusted(inset, 1, -inset, -1)
    else:
        thumb = QRectF(slider).adjusted(1, inset, -1, -inset)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    radius = min(thumb.width(), thumb.height()) / 2
    path.addRoundedRect(thumb, radius, radius)
    painter.fillPath(path, colour)
    painter.restore()
