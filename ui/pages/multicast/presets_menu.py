"""The menu of presets: take one up, save what is typed, delete one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QPushButton

from ui.pages.multicast.join_strip import JoinStrip
from ui.pages.multicast.presets import Preset, PresetBook, sources_of, usable_name
from ui.pages.multicast.send_form import SendForm
from ui.settings import Settings
from ui.text import visible


class PresetsMenu(QObject):
    """Fills itself when it is opened.

    Signals:
        said: a sentence about what was done.
    """

    said = Signal(str)

    def __init__(self, button: QPushButton, strip: JoinStrip, form: SendForm, settings: Settings) -> None:
        super().__init__(button)
        self.book = PresetBook(settings)
        self._strip = strip
        self._form = form
        self.menu = QMenu(button)
        self.menu.setToolTipsVisible(True)
        button.setMenu(self.menu)
        self.menu.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Offer what there is now."""
        self.menu.clear()
        presets = self.book.all()
        for preset in presets:
            self._add(self.menu, preset, self.take_up).setToolTip(visible(preset.group))
        if not presets:
            self.menu.addAction(self.tr("No preset is saved yet")).setEnabled(False)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Save as preset…")).triggered.connect(self._ask_name)
        if presets:
            delete = self.menu.addMenu(self.tr("Delete"))
            for preset in presets:
                self._add(delete, preset, self.delete)

    def take_up(self, preset: Preset) -> None:
        """Fill the fields with it; nothing is joined or sent."""
        self._strip.field.setText(preset.group)
        self._strip.options.picker.pick(preset.interfaces)
        self._strip.options.show_options(preset.options)
        if preset.send is not None:
            self._form.show_request(preset.send)
        self._strip.show_options(shown=self._strip.options_shown or not self._strip.options.is_default)
        self._strip.field.setFocus()
        self.said.emit(self.tr("%1 stands in the fields; Enter joins.").replace("%1", visible(preset.name)))

    def save(self, name: str) -> None:
        """What stands in the fields now."""
        name = usable_name(name)
        if not name:
            return
        options = self._strip.options
        send = self._form.request(self._form.target.text().strip())
        group = self._strip.field.text().strip()
        self.book.save(Preset(name, group, options.picker.picked, sources_of(options.options()), send))
        self.said.emit(self.tr("%1 is saved.").replace("%1", visible(name)))

    def delete(self, preset: Preset) -> None:
        self.book.delete(preset.name)
        self.said.emit(self.tr("%1 is deleted.").replace("%1", visible(preset.name)))

    def _add(self, menu: QMenu, preset: Preset, run: Callable[[Preset], None]) -> QAction:
        action = menu.addAction(visible(preset.name).replace("&", "&&"))
        action.triggered.connect(lambda _checked=False: run(preset))
        return action

    def _ask_name(self) -> None:
        dialog = QInputDialog(self._strip)
        dialog.setWindowTitle(self.tr("Save as preset"))
        dialog.setLabelText(self.tr("Name; a preset of the same name is replaced."))
        dialog.setTextValue(self._strip.field.text().strip())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self.save)
        dialog.open()
