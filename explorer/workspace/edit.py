"""One step of a document's history."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand, QUndoStack

from explorer.network.annotations import Bookmark
from explorer.network.project import Project

if TYPE_CHECKING:
    from explorer.workspace.document import Document


class Edit(QUndoCommand):
    """The only undo command: swap one project for another.

    views: where one looked before the step and after it, where the step itself took one elsewhere. error: what went
    wrong the first time it was done. Raised while Qt calls us, it would wait in Qt's binding, which meanwhile loses
    references to what it calls, and the program ends some frames later (PySide 6.11).
    """

    def __init__(self, document: Document, text: str, after: Project, merge: str) -> None:
        super().__init__(text)
        self.document: Document = weakref.proxy(document)  # a circle through Qt's stack crashes when it is collected
        self.before, self.after, self.merge = document.project, after, merge
        self.selected_before = self.selected_after = document.selected
        self.views: tuple[Bookmark, Bookmark] | None = None
        self.done = False
        self.error: Exception | None = None

    def push_on(self, history: QUndoStack) -> None:
        """Do it, as the newest step; what goes wrong is raised once Qt has come back, and is none."""
        history.push(self)
        if self.error is not None:
            if self.document.project is not self.after:
                self.setObsolete(True)
                history.undo()  # which only takes it away
            try:
                raise self.error
            finally:
                self.error = None  # its frames hold this

    def redo(self) -> None:
        view = self.views[1] if self.views else None
        try:
            self.document.show(self.after, self.done, self.selected_after, view)  # Qt calls it the first time as well
        except Exception as error:
            if self.done:
                sys.excepthook(type(error), error, error.__traceback__)
            else:
                self.error = error
        self.done = True

    def undo(self) -> None:
        self.selected_after = self.document.selected
        try:
            self.document.show(self.before, True, self.selected_before, self.views[0] if self.views else None)
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)

    def id(self) -> int:
        return 1 if self.merge else -1

    def mergeWith(self, later: QUndoCommand) -> bool:
        if not isinstance(later, Edit) or self.merge != later.merge or later.error is not None:
            return False
        self.after = later.after
        self.setObsolete(self.after == self.before)  # typed there and back: Qt takes the step away
        return True
