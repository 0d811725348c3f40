"""What screen readers take our own widgets for: Qt says of each that it paints itself only that it is there, and they
pass over that."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget, QComboBox, QLabel, QWidget

Role = QAccessible.Role
ROLES = {
    "StartPage": Role.Form,  # of a grouping every label in it would be read when one comes to it
    "FormulaView": Role.Equation, "PictureTile": Role.Button, "Sheet": Role.Graphic, "PictureView": Role.Graphic,
    "PyramidStrip": Role.Graphic, "ShapePlane": Role.Graphic, "CurveView": Role.Graphic, "TimelineStrip": Role.Graphic,
}  # fmt: skip
"""Of our classes, and of those built on them, by name. What else has the keys of itself holds other widgets."""
LAST = ("QWidget", "QScrollArea", "QTabWidget")
"""Classes of Qt that say no more of theirs; it asks for the class built last first."""
PASSED = "QStackedWidget"
"""Of it Qt says that it is layers, which is read before each page: it is none of the user's business."""

_kept: dict[int, QAccessibleWidget] = {}
"""Qt itself keeps no Python object; by the widget, until that is destroyed."""
_installed: list[object] = []


def role_of(widget: QWidget) -> QAccessible.Role:
    """What it is."""
    return _known(widget) or Role.Grouping


def _known(widget: QWidget) -> QAccessible.Role | None:
    return next((ROLES[kind.__name__] for kind in type(widget).__mro__ if kind.__name__ in ROLES), None)


def install() -> None:
    """Let Qt ask us; once for the program, and only where a screen reader asks it."""
    if not _installed:
        _installed.append(_made)
        QAccessible.installFactory(_made)


def _label(choice: QComboBox) -> None:
    """Give a list to choose from a label that nobody sees, where it has none: but on Windows Qt tells of it what is
    chosen for its name, and leaves the name to the label."""
    parent, direct = choice.parentWidget(), Qt.FindChildOption.FindDirectChildrenOnly
    if parent is None or not choice.accessibleName():
        return
    if all(label.buddy() is not choice for label in parent.findChildren(QLabel, options=direct)):
        label = QLabel(parent)
        label.hide()
        label.setAccessibleName(choice.accessibleName())
        label.setBuddy(choice)


def _made(name: str, widget: QObject) -> QAccessibleInterface | None:
    if name == "QComboBox" and isinstance(widget, QComboBox):
        _label(widget)
    if name not in (*LAST, PASSED) or not isinstance(widget, QWidget):
        return None
    if widget.focusPolicy() == Qt.FocusPolicy.NoFocus and name != PASSED and not _known(widget):
        return None
    parent = widget.parent()
    if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
        return None
    key = id(widget)
    _kept[key] = QAccessibleWidget(widget, role_of(widget))
    widget.destroyed.connect(lambda: _kept.pop(key, None))
    return _kept[key]
