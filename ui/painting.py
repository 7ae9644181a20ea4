"""Draws the parts of controls in the tokens of the theme: faces, outlines, marks, headers, scroll bars."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOption, QStyleOptionButton, QStyleOptionHeader, QStyleOptionSlider

from ui.theme import Tokens, small_font, tokens, unit

State = QStyle.StateFlag


def _face(option: QStyleOption, colours: Tokens, *, quiet: bool) -> QColor:
    state = option.state
    if not state & State.State_Enabled:
        return QColor(colours.window)
    if state & (State.State_Sunken | State.State_On):
        return QColor(colours.selection)
    if state & State.State_MouseOver:
        return QColor(colours.hover)
    return QColor(Qt.GlobalColor.transparent) if quiet else QColor(colours.control)


def draw_button(painter: QPainter, option: QStyleOption, *, quiet: bool = False) -> None:
    colours = tokens(option.palette)
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


def draw_tool_button(painter: QPainter, option: QStyleOption) -> None:
    """Only when there is something to show by it."""
    if option.state & (State.State_MouseOver | State.State_On | State.State_Sunken | State.State_HasFocus):
        draw_button(painter, option, quiet=True)


def draw_line_edit(painter: QPainter, option: QStyleOption) -> None:
    """Without a frame for fields inside boxes, which have one of their own."""
    if getattr(option, "lineWidth", 1) > 0:
        draw_field(painter, option)


def draw_frame(painter: QPainter, option: QStyleOption) -> None:
    painter.setPen(QColor(tokens(option.palette).line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


def draw_corner(painter: QPainter, option: QStyleOption) -> None:
    painter.fillRect(option.rect, QColor(tokens(option.palette).base))


def draw_field(painter: QPainter, option: QStyleOption) -> None:
    colours = tokens(option.palette)
    focus = bool(option.state & State.State_HasFocus)
    face = colours.control if option.state & State.State_Enabled else colours.window
    outline = colours.accent if focus else colours.control_line
    _rounded(painter, option.rect, QColor(face), QPen(QColor(outline), 2 if focus else 1))


def draw_item(painter: QPainter, option: QStyleOption) -> None:
    """The ground of an entry in lists without a delegate of ours, such as those that boxes open."""
    colours = tokens(option.palette)
    if option.state & State.State_Selected:
        painter.fillRect(option.rect, QColor(colours.selection))
    elif option.state & State.State_MouseOver:
        painter.fillRect(option.rect, QColor(colours.hover))


def draw_check_box(painter: QPainter, option: QStyleOption) -> None:
    _draw_indicator(painter, option, round_=False)


def draw_radio_button(painter: QPainter, option: QStyleOption) -> None:
    _draw_indicator(painter, option, round_=True)


def _draw_indicator(painter: QPainter, option: QStyleOption, *, round_: bool) -> None:
    colours = tokens(option.palette)
    state = option.state
    on = bool(state & State.State_On)
    partly = bool(state & State.State_NoChange)
    enabled = bool(state & State.State_Enabled)
    face = QColor(colours.accent if enabled else colours.dim) if on or partly else QColor(colours.control)
    outline = face if on or partly else QColor(colours.control_line if enabled else colours.line)
    if state & State.State_HasFocus:
        outline = QColor(colours.accent)
    side = min(option.rect.width(), option.rect.height()) - 1
    box = QRectF(0, 0, side, side)
    box.moveCenter(QRectF(option.rect).center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(outline, 1.2))
    painter.setBrush(face)
    radius = side / 2 if round_ else side * 0.25
    painter.drawRoundedRect(box, radius, radius)
    mark = QPen(QColor(colours.base), side * 0.13)
    mark.setCapStyle(Qt.PenCapStyle.RoundCap)
    mark.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(mark)
    painter.setBrush(QColor(colours.base))
    if on and round_:
        painter.drawEllipse(box.center(), side * 0.14, side * 0.14)
    elif on:
        steps = ((0.26, 0.52), (0.43, 0.69), (0.75, 0.34))
        painter.drawPolyline(QPolygonF([box.topLeft() + QPointF(x * side, y * side) for x, y in steps]))
    elif partly:
        painter.drawLine(box.center() - QPointF(side * 0.22, 0), box.center() + QPointF(side * 0.22, 0))
    painter.restore()


def cross_icon(colours: Tokens) -> QIcon:
    """A small cross for emptying a field; an icon does not follow the palette, so its grey suits both schemes."""
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(colours.control_line), 3)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(9, 9, 23, 23)
    painter.drawLine(23, 9, 9, 23)
    painter.end()
    return QIcon(pixmap)


def draw_focus(painter: QPainter, option: QStyleOption) -> None:
    colours = tokens(option.palette)
    _rounded(painter, option.rect, QColor(Qt.GlobalColor.transparent), QPen(QColor(colours.accent), 1))


def _rounded(painter: QPainter, rect: QRect, face: QColor, pen: QPen) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen if pen.color().alpha() else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(face)
    inset = pen.widthF() / 2
    radius = max(4.0, painter.fontMetrics().height() * 0.28)
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def draw_chevron(
    painter: QPainter,
    centre: QPointF,
    colours: Tokens,
    *,
    enabled: bool = True,
    up: bool = False,
    scale: float = 1.0,
) -> None:
    reach = painter.fontMetrics().height() * 0.2 * scale
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


def draw_header_ground(painter: QPainter, option: QStyleOption) -> None:
    colours, rect = tokens(option.palette), option.rect
    painter.fillRect(rect, QColor(colours.base))
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colours.line))


def draw_header_label(painter: QPainter, option: QStyleOptionHeader, margin: int) -> None:
    """``margin`` is what the style has taken off already, so that titles stand over the text of their cells."""
    colours = tokens(option.palette)
    painter.save()
    gap = unit(painter.font()) * 2
    font = small_font(painter.font())
    font.setWeight(font.Weight.DemiBold)
    painter.setFont(font)
    sorted_by = option.sortIndicator != QStyleOptionHeader.SortIndicator.None_
    painter.setPen(QColor(colours.text if sorted_by else colours.dim))
    area = option.rect.adjusted(gap - margin, 0, margin - gap, 0)
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
        draw_chevron(painter, QPointF(text_end + gap, option.rect.center().y()), colours, up=ascending)
    painter.restore()


def draw_splitter(painter: QPainter, option: QStyleOption) -> None:
    colours = tokens(option.palette)
    hot = option.state & (State.State_MouseOver | State.State_Sunken)
    colour = QColor(colours.accent if hot else colours.line)
    rect = option.rect
    if option.state & State.State_Horizontal:
        painter.fillRect(QRect(rect.center().x(), rect.top(), 1, rect.height()), colour)
    else:
        painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), colour)


def draw_scroll_bar(painter: QPainter, option: QStyleOptionSlider, slider: QRect) -> None:
    colours = tokens(option.palette)
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
