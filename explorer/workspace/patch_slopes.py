"""What is shown beside each patch: which of its pixels the number found there rises with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.engine.patch_questions import PatchSlopes
from explorer.maths.patch_records import NodePatches
from explorer.probes.attribution import Back
from explorer.workspace.patch_search import SIDE, PatchSearch
from explorer.workspace.session import Session
from explorer.workspace.tiles import Tiles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Slope = tuple[str, Back, str, tuple[int, int, int, int], tuple[int, int, int]]
"""Of a node, in this way; the picture's path, the patch's box, and channel, row and column of the number."""


class SlopesBeside(QObject):
    """Made in lane "patch slopes", of what is in sight. back: which slope; None for nothing beside the patches."""

    def __init__(self, session: Session, search: PatchSearch) -> None:
        super().__init__()
        self._session, self._search = session, search
        self.back: Back | None = None
        self.tiles: Tiles[Slope] = Tiles(session.worker, "patch slopes", self._question, at_once=4)
        search.forgotten.connect(self.tiles.forget)

    def key(self, found: NodePatches, channel: int, rank: int) -> Slope | None:
        """What stands beside a channel's patch; None for nothing."""
        patch = self._search.patch(found, channel, rank)
        if patch is None or self.back is None:
            return None
        place = channel, int(found.rows[channel, rank]), int(found.columns[channel, rank])
        return found.node, self.back, *patch, place

    def of(self, found: NodePatches, channel: int, rank: int) -> NDArray[np.uint8] | None:
        """Its pixels (SIDE, SIDE, 3), where they were made by now."""
        key = self.key(found, channel, rank)
        return self.tiles.of(key) if key is not None else None

    def _question(self, some: tuple[Slope, ...]) -> PatchSlopes:
        node, back, *_ = some[0]
        session, wanted = self._session, tuple((path, box, place) for _, _, path, box, place in some)
        return PatchSlopes(
            session.document.project, node, self._search.folder, wanted, back, SIDE, session.device or "cpu"
        )
