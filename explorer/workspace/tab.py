"""What each open network has of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.network.analysis import Facts
from explorer.network.annotations import Bookmark
from explorer.network.project import Project
from explorer.workspace.history import History

if TYPE_CHECKING:
    from explorer.engine.questions import PictureSource
    from explorer.maths.records import Picture


@dataclass(eq=False)
class Tab:
    """One open network with its history; the rest is what was looked at in it when another tab came to the front.

    opened: the project as it was opened, or saved last. path: its project file, "" for none. source: the file it came
    from, also another program's. picture: None where a video played.
    """

    project: Project
    opened: Project
    facts: Mapping[str, Facts]
    history: History
    path: str = ""
    source: str = ""
    selection: tuple[str, ...] = ()
    picture: tuple[PictureSource, Picture] | None = None
    view: Bookmark | None = None

    @property
    def unsaved(self) -> bool:
        """Whether giving it up would lose edits."""
        return not self.history.clean

    @property
    def untouched(self) -> bool:
        """Whether it is empty, and was never anything else: another network may take its place."""
        return not (self.project.network.nodes or self.path or self.unsaved or self.history.count)
