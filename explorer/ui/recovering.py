"""What the window says and asks about edits that a crash left behind, and about a file that others write, too."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from explorer.maths.sentences import shortened
from explorer.network.project import Project
from explorer.ui.controls.words import counted
from explorer.ui.files import Files
from explorer.ui.notices import Notices
from explorer.workspace.disk import STARTING, Look
from explorer.workspace.opened_file import OpenedFile
from explorer.workspace.recovery import SETTLED, TRIES, Opening, Recovery, Unsaved
from explorer.workspace.session import Session

MINUTE, HOUR, DAY = 60, 3600, 86400


class Recovering(QObject):
    """Offers what was left behind, one after the other; what is not answered is offered again at the next start."""

    def __init__(self, notices: Notices, session: Session, files: Files) -> None:
        super().__init__(notices)
        self._notices, self._session, self._files = notices, session, files
        self.recovery = Recovery(session.document, files.title_of)
        self.recovery.failed.connect(lambda text: notices.say(text, problem=True))
        self.recovery.read.connect(self._restored)
        self._opened = files.opened = OpenedFile(session)
        self._opened.in_use.connect(self._say_in_use)
        session.saving_late.connect(self._say_late)
        self._opening: Opening | None = None
        self._look, self._look_for = Look(self), Look(self)
        self._left: list[Unsaved] = []
        self._unread: set[Path] = set()  # edits that could not be brought back
        session.closed.connect(self._close, Qt.ConnectionType.SingleShotConnection)
        self.offer()

    def offer(self, nothing: Callable[[], object] = lambda: None) -> None:
        """Offer the newest of what was left behind; go on with `nothing` where nothing was."""

        def show(left: list[Unsaved]) -> None:
            self._left = sorted(left, key=lambda each: each.file in self._unread)  # these last, for they hide others
            if left:
                self._offer(*self._left)
            else:
                nothing()

        unseen = "Whether unsaved edits were left behind cannot be seen."
        self._look_for.ask(
            self.recovery.folder, self.recovery.left, show,
            lambda sentence: self._notices.say(f"{unseen} {sentence}", problem=True), STARTING,
        )  # fmt: skip

    def _offer(self, newest: Unsaved, *others: Unsaved) -> None:
        more = f" {counted(len(others), 'other')} after it." if others else ""

        def say(when: str) -> None:
            self._notices.say(
                f"The program ended before “{shortened(newest.title, 60)}” was saved. {when}{more}",
                asks="unsaved edits",
                actions={"Bring back": lambda: self._bring_back(newest), "Delete": lambda: self._delete(newest)},
            )  # fmt: skip

        self._look.ask(newest.path, lambda: told(newest), say, lambda sentence: say(f"{age(newest)}. {sentence}"))

    def offer_or_say(self) -> None:
        """Offer it, or say that there is nothing."""
        self.offer(lambda: self._notices.say("No unsaved edits were left behind."))

    def open_first(self, path: str) -> None:
        """Open the file that the program was started with, unless it ended several times right after doing so."""
        self._opening = Opening(path)
        if self._opening.risky:
            self._notices.say(
                f"The program ended {TRIES} times right after “{shortened(Path(path).name, 60)}” was opened, "
                "so it was not opened this time.", asks="opening", actions={"Open it": lambda: self._open(path)},
            )  # fmt: skip
        else:
            self._open(path)

    def _open(self, path: str) -> None:
        if self._opening is not None:
            self._opening.begin()
            QTimer.singleShot(SETTLED, self, self._opening.went_well)
        self._files.open_path(path)

    def _bring_back(self, what: Unsaved) -> None:
        self.recovery.ask_for(what)

    def _delete(self, what: Unsaved) -> None:
        self.recovery.delete(what)
        self.offer()

    def _restored(self, what: Unsaved, found: Project | str) -> None:
        if isinstance(found, str):
            self._unread.add(what.file)
            others = {"Next": self.offer} if any(each.file not in self._unread for each in self._left) else {}
            self._notices.say(found, problem=True, actions={"Delete": lambda: self._delete(what), **others})
            return
        self._session.recover(found, what.path)
        self.recovery.take_over(what)
        self.offer()

    def _say_in_use(self, path: str) -> None:
        name = shortened(Path(path).name, 60)
        self._notices.say(
            f"{name} is open in another window of the program, too: who saves last replaces what the other saved.",
            problem=True,
        )

    def _say_late(self, path: str) -> None:
        self._notices.say(
            f"“{shortened(Path(path).name, 60)}” is not saved yet: its disk does not answer, and is tried further. "
            "Your edits are kept here.",
            problem=True, actions={"Save as…": self._files.save_as},
        )  # fmt: skip

    def _close(self) -> None:
        self.recovery.close()
        self._opened.close()
        if self._opening is not None:
            self._opening.went_well()


def told(what: Unsaved) -> str:
    """When the edits were made, and whether their file was written since."""
    since = ""
    if what.path:
        try:
            since = ", and its file was changed after that" if Path(what.path).stat().st_mtime > what.time else ""
        except OSError:
            since = ", and its file is gone"
    return f"{age(what)}{since}."


def age(what: Unsaved) -> str:
    """When the edits were made."""
    seconds = time.time() - what.time
    if seconds < -MINUTE:  # one of the clocks was, or is, wrong
        return "Its last edit is dated later than now by this computer's clock"
    ways = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))
    length, unit = next(((length, unit) for length, unit in ways if seconds >= length), (1, ""))
    return "Its last edit was " + (f"{counted(int(seconds // length), unit)} ago" if unit else "a moment ago")
