"""The flat look of controls on Linux and Windows: Fusion's layout, painted with the tokens of the theme."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionHeader,
    QStyleOptionSlider,
    QStyleOptionSpinBox,
    QWidget,
)

from ui.painting import (
    cross_icon,
    draw_button,
    draw_check_box,
    draw_chevron,
    draw_corner,
    draw_field,
    draw_focus,
    draw_frame,
    draw_header_ground,
    draw_header_label,
    draw_item,
    draw_line_edit,
    draw_radio_button,
    draw_scroll_bar,
    draw_splitter,
    draw_tool_button,
)
from ui.theme import tokens, unit

State = QStyle.StateFlag
Primitive = QStyle.PrimitiveElement
Control = QStyle.ControlElement
Complex = QStyle.ComplexControl
Sub = QStyle.SubControl


class FlatStyle(QProxyStyle):
    """Fusion without bevels: thin outlines, one radius, the accent for focus, quiet headers and scroll bars."""

    def __init__(self) -> None:
        super().__init__("Fusion")
        self._primitives = {
            Primitive.PE_PanelButtonCommand: draw_button,
            Primitive.PE_PanelButtonTool: draw_tool_button,
            Primitive.PE_PanelLineEdit: draw_line_edit,
            Primitive.PE_FrameLineEdit: draw_field,
            Primitive.PE_IndicatorCheckBox: draw_check_box,
            Primitive.PE_IndicatorRadioButton: draw_radio_button,
            Primitive.PE_PanelItemViewItem: draw_item,
            Primitive.PE_PanelScrollAreaCorner: draw_corner,
            Primitive.PE_FrameFocusRect: draw_focus,
            Primitive.PE_Frame: draw_frame,
        }

    def drawPrimitive(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        draw = self._primitives.get(element)
        if draw is not None:
            draw(painter, option)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if element in (Control.CE_HeaderSection, Control.CE_HeaderEmptyArea):
            draw_header_ground(painter, option)
        elif element == Control.CE_HeaderLabel:
            margin = self.pixelMetric(QStyle.PixelMetric.PM_HeaderMargin, option, widget)
            draw_header_label(painter, cast("QStyleOptionHeader", option), margin)
        elif element == Control.CE_ComboBoxLabel and widget is not None:
            self._draw_combo_label(painter, cast("QStyleOptionComboBox", option), widget)
        elif element == Control.CE_Splitter:
            draw_splitter(painter, option)
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
            draw_scroll_bar(painter, cast("QStyleOptionSlider", option), slider)
        elif control == Complex.CC_ComboBox and widget is not None:
            draw_ground = draw_field if cast("QStyleOptionComboBox", option).editable else draw_button
            draw_ground(painter, option)
            arrow = self.subControlRect(control, option, Sub.SC_ComboBoxArrow, widget)
            draw_chevron(painter, QPointF(arrow.center()), colours, enabled=bool(option.state & State.State_Enabled))
        elif control == Complex.CC_SpinBox and widget is not None:
            self._draw_spin_box(painter, cast("QStyleOptionSpinBox", option), widget)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def _draw_spin_box(self, painter: QPainter, option: QStyleOptionSpinBox, widget: QWidget) -> None:
        colours = tokens(option.palette)
        draw_field(painter, option)
        for part, enabled, up in (
            (Sub.SC_SpinBoxUp, QAbstractSpinBox.StepEnabledFlag.StepUpEnabled, True),
            (Sub.SC_SpinBoxDown, QAbstractSpinBox.StepEnabledFlag.StepDownEnabled, False),
        ):
            area = self.subControlRect(Complex.CC_SpinBox, option, part, widget)
            able = bool(option.stepEnabled & enabled) and bool(option.state & State.State_Enabled)
            draw_chevron(painter, QRectF(area).center(), colours, enabled=able, up=up, scale=0.7)

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        found = super().sizeFromContents(kind, option, size, cast("QWidget", widget))
        if kind in (QStyle.ContentsType.CT_ItemViewItem, QStyle.ContentsType.CT_MenuItem):
            found.setHeight(max(found.height(), round(option.fontMetrics.height() * 1.6)))
        return found

    def standardIcon(
        self, standard: QStyle.StandardPixmap, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> QIcon:
        if standard == QStyle.StandardPixmap.SP_LineEditClearButton:
            return cross_icon(tokens(widget.palette() if widget is not None else QPalette()))
        return super().standardIcon(standard, option, widget)

    def subElementRect(self, element: QStyle.SubElement, option: QStyleOption, widget: QWidget | None = None) -> QRect:
        rect = super().subElementRect(element, option, cast("QWidget", widget))
        if element == QStyle.SubElement.SE_LineEditContents and getattr(option, "lineWidth", 0) > 0:
            gap = option.fontMetrics.height() // 4
            return rect.adjusted(gap, 0, -gap, 0)
        return rect

    def _draw_combo_label(self, painter: QPainter, option: QStyleOptionComboBox, widget: QWidget) -> None:
        """Elided, where Fusion cuts; of an editable box its field draws the text."""
        if option.editable:
            return
        area = self.subControlRect(Complex.CC_ComboBox, option, Sub.SC_ComboBoxEditField, widget)
        area.adjust(unit(widget.font()), 0, 0, 0)
        text = option.fontMetrics.elidedText(option.currentText, Qt.TextElideMode.ElideRight, area.width())
        enabled = bool(option.state & State.State_Enabled)
        self.drawItemText(
            painter, area, Qt.AlignmentFlag.AlignVCenter, option.palette, enabled, text, QPalette.ColorRole.ButtonText
        )

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
