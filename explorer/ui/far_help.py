"""Help outside of the main window: F1, tooltips and What's This in dialogs and in panels that float."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QVBoxLayout, QWhatsThis, QWidget

from explorer.ui.controls.roomy import resize_on_screen
from explorer.ui.hints import answer
from explorer.ui.theme import GRID

HELPED = "helped"
"""The property of windows that are looked after."""


class FarHelp(QObject):
    """Looks after every dialog of the program, and every panel that floats, from when it first has the keys.

    There the main window's keys do not work, and nobody else would ask `hints` what a control is for.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget):  # it is just being taken apart
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_F1:
            dialog = watched.window()
            if not isinstance(dialog, QDialog) or isinstance(dialog, GuideWindow):
                return False
            if event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
                QWhatsThis.enterWhatsThisMode()
            else:
                show_guide(dialog)
            return True
        return answer(event, watched)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        window = now.window() if now is not None else None
        if isinstance(window, QDialog | QDockWidget):
            self._look_after(window)

    def _look_after(self, widget: QWidget) -> None:
        if not widget.property(HELPED):
            widget.setProperty(HELPED, True)
            widget.installEventFilter(self)


class GuideWindow(QDialog):
    """The user guide beside a dialog, which the main window's own is behind."""

    def __init__(self, dialog: QDialog) -> None:
        from explorer.ui.panels.guide_page import GuidePage  # nobody waits for it before

        super().__init__(dialog)
        self.setWindowTitle("User guide")
        self.page = GuidePage()
        self.page.back.setText("Close")
        self.page.back.setToolTip("Go back to what was open (Esc)")
        self.page.back.setAutoDefault(False)  # Enter goes to the next place that was searched for
        self.page.back_requested.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        resize_on_screen(self, QSize(110 * GRID, 80 * GRID))
        dialog.finished.connect(self.close)


def show_guide(dialog: QDialog) -> GuideWindow:
    """Open the guide beside a dialog, at the chapter about it; it goes with it."""
    window = dialog.findChild(GuideWindow) or GuideWindow(dialog)
    window.page.open_about(QApplication.focusWidget() or dialog)
    window.show()
    window.raise_()
    window.page.setFocus()
    return window
