"""Whether things may move on the screen: not where the system's style, or the user here, asks for less of that."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStyle

from explorer.workspace.settings import Settings

FADE = 160
"""Milliseconds of a change that is shown as one."""


def moves() -> bool:
    """Whether a change may be animated."""
    duration = QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration)
    return duration > 0 and not Settings().less_motion
