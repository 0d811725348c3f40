"""What the window can ask the worker about patches; plain values, as those of `questions`."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.maths.patch_records import NodePatches
from explorer.network.patch_choice import PatchChoice
from explorer.network.project import Project


@dataclass(frozen=True)
class FindPatches:
    """Where in the pictures of a folder do channels answer most strongly? Answers: Progress …, Patches …, each better.

    All channels of all `nodes` are looked at in one pass. A search that was stopped goes on when it is asked again.
    """

    project: Project
    nodes: tuple[str, ...]
    folder: str
    device: str = "cpu"
    choice: PatchChoice = PatchChoice()


@dataclass(frozen=True)
class CutPatches:
    """What do these patches look like? Answers: PatchTiles …, squares of `side` pixels.

    wanted: paths in the folder, each with left, top, right, bottom in the picture's pixels.
    """

    folder: str
    wanted: tuple[tuple[str, tuple[int, int, int, int]], ...]
    side: int = 64


@dataclass(frozen=True, eq=False)
class ExportSheet:
    """Write all patches of a node as one PNG file. Answers: Progress …, then Exported.

    files: those that the patches lie in, as in Patches. replace: a file of this name may be written over.
    """

    folder: str
    files: tuple[str, ...]
    patches: NodePatches
    path: str
    replace: bool = False
