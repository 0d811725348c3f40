"""What is shown in turns of the event loop of its own is there."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from explorer.ui.controls.following import shared_turns
from explorer.workspace.session import Session


def settled(session: Session) -> None:
    """Let the panels take the turns they wait for."""
    while shared_turns(session.document).busy:
        QApplication.processEvents()
