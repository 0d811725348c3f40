"""A network is closed whose studio holds a picture that nobody kept: it is asked about, as unsaved edits are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox

from explorer.ui.controls.asking import asked
from explorer.ui.files import Files
from explorer.workspace.session import Session
from explorer.workspace.style_files import StyleFiles
from explorer.workspace.style_studios import StyleStudios
from explorer.workspace.tab import Tab


class Leaving:
    """Asks before a painted picture goes with its tab. A timeline is long and large, so what can be kept of it is its
    newest picture, with its settings: it can be gone on with."""

    def __init__(self, session: Session, studios: StyleStudios, files: Files) -> None:
        self._session, self._studios, self._files = session, studios, files
        self._keeping: StyleFiles | None = None

    def settled(self, tab: Tab, later: Callable[[], object]) -> bool:
        """Whether the tab can be closed now. Where its picture is being kept first, `later` is done once it is."""
        studio = next((one for one in self._studios.all if one.tab is tab), None)
        if studio is None or studio.unkept is None:
            return True
        self._session.show_tab(tab)  # one sees what one is asked about
        buttons = QMessageBox.StandardButton
        step, grows = studio.unkept.step, studio.state == "running"
        answer = asked(
            self._files.window, "Keep the picture",
            f"Keep the picture painted by {self._files.title_of(tab)} in the gallery first?",
            f"It is at step {step:,}{', and still grows' if grows else ''}. It and its timeline are lost if you go on "
            "without keeping it; from the gallery it can be gone on with.",
            buttons.Save | buttons.Discard | buttons.Cancel, {buttons.Save: "Keep"},
        )  # fmt: skip
        if answer == buttons.Discard:
            studio.unkept = None
            return True
        if answer == buttons.Save:
            studio.pause()
            self._keeping = StyleFiles(self._session, studio)
            self._keeping.written.connect(lambda _: later())
            self._keeping.keep(studio.unkept)
        return False
