"""Objects of which a program has one."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt

Only = TypeVar("Only", bound=QObject)


def of_program(kind: type[Only]) -> Only:
    """The one of this kind, made when it is first asked for; it goes with the application."""
    app = QCoreApplication.instance()
    assert app is not None
    return app.findChild(kind, options=Qt.FindChildOption.FindDirectChildrenOnly) or kind(app)
