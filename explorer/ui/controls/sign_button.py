"""A flat button with a sign on it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QToolButton


def sign_button(sign: str, tip: str, do: Callable[[], object]) -> QToolButton:
    """Its tip says what it does, and in brackets its key, which is left out of its name."""
    button = QToolButton(autoRaise=True)
    button.setText(sign)
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition(" (")[0])
    button.clicked.connect(lambda: do())
    return button
