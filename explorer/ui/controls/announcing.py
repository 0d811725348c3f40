"""What screen readers are told although the keys are elsewhere: an answer, a notice, a refusal."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget


def announce(widget: QWidget, sentence: str, *, urgent: bool = False) -> None:
    """Have `sentence` read aloud where a screen reader listens; urgent: at once, in the middle of another one."""
    if sentence and QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, sentence)
        ways = QAccessible.AnnouncementPoliteness
        event.setPoliteness(ways.Assertive if urgent else ways.Polite)
        QAccessible.updateAccessibility(event)


def focus_row(view: QAbstractItemView, row: int) -> None:
    """Have a row of a list read, where a screen reader listens: it is what Enter takes, though the keys are in the line
    above the list."""
    if QAccessible.isActive():
        event = QAccessibleEvent(view, QAccessible.Event.Focus)
        event.setChild(row)
        QAccessible.updateAccessibility(event)
