"""What the window can ask the worker about patches; plain values, as those of `questions`."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.maths.patch_records import NodePatches
from explorer.network.patch_choice import PatchChoice
from explorer.network.project import Project
from explorer.probes.attribution import Back


@dataclass(frozen=True)
class FindPatches:
    """Where in the pictures of a folder do channels answer most strongly? Answers: Progress …, Patches …, each better.

    All channels of all `nodes` are looked at in one pass. A search that was stopped goes on when it is asked again.
    kept_only: answer what an earlier search has found, and look at no other picture.
    """

    project: Project
    nodes: tuple[str, ...]
    folder: str
    device: str = "cpu"
    choice: PatchChoice = PatchChoice()
    kept_only: bool = False


@dataclass(frozen=True)
class CutPatches:
    """What do these patches look like? Answers: PatchTiles …, squares of `side` pixels.

    wanted: paths in the folder, each with left, top, right, bottom in the picture's pixels.
    """

    folder: str
    wanted: tuple[tuple[str, tuple[int, int, int, int]], ...]
    side: int = 64


@dataclass(frozen=True)
class PatchSlopes:
    """Which pixels of patches raise the numbers that were found there? Answers: PatchTiles …, as CutPatches'.

    wanted: a picture's path in the folder, the patch's box, and the channel, row and column of the number. back: what
    a ReLU lets through on the way from the number to the pixels. A tile is grey where the slope is 0, and red, green
    and blue as its parts in these colours are above or below.
    """

    project: Project
    node: str
    folder: str
    wanted: tuple[tuple[str, tuple[int, int, int, int], tuple[int, int, int]], ...]
    back: Back = "guided"
    side: int = 64
    device: str = "cpu"


@dataclass(frozen=True, eq=False)
class ExportSheet:
    """Write all patches of a node as one PNG file. Answers: Progress …, then Exported.

    files, classes: as in Patches. replace: a file of this name may be written over.
    """

    folder: str
    files: tuple[str, ...]
    patches: NodePatches
    path: str
    replace: bool = False
    classes: tuple[str, ...] = ()
