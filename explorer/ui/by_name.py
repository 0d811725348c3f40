"""Opening a network by the name that `cnn-explorer models`, the library and the gallery have for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from explorer.maths.records import PICTURE_ENDINGS, VIDEO_ENDINGS
from explorer.maths.sentences import shortened
from explorer.ui.file_kinds import ENDINGS
from explorer.workspace.disk import at_once

if TYPE_CHECKING:
    from explorer.ui.pages import Pages
    from explorer.workspace.session import Session


def is_name(text: str) -> bool:
    """Whether this can only be a name: there is no such file, and it looks like none."""
    known = (*ENDINGS, *PICTURE_ENDINGS, *VIDEO_ENDINGS)
    plain = os.path.basename(text) == text and Path(text).suffix.lower() not in known
    return plain and not at_once(lambda: os.path.lexists(text), False)


def open_by_name(name: str, session: Session, pages: Pages, say: Callable[[str], object]) -> None:
    """Open what has this name, once the library is known: its trained network where that is here, or the network
    alone from the gallery. What would have to be fetched is shown in the library: nobody has agreed to that yet."""
    if not session.models:
        session.models_changed.connect(
            lambda _: open_by_name(name, session, pages, say), Qt.ConnectionType.SingleShotConnection
        )
        return
    from explorer.classics.catalogue import CLASSICS  # nobody waits for them when the program starts

    card = next((card for card in session.models if card.name == name), None)
    if card is not None and card.installed:
        session.open_model(name)
    elif name in CLASSICS:
        session.open_network(name, CLASSICS[name].title)
    elif card is not None:
        pages.show_library()
        pages.library.choose(name)
        say(f"{card.title} is not on this computer yet. Here it can be fetched.")
    else:
        say(
            f"There is neither a file nor a network called “{shortened(name, 60)}”. "
            "The library and the gallery list all names."
        )
