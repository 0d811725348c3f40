"""What labs ask of the worker, each in a lane of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.engine.lab_questions import ReadShapes, SearchAnchors, SlidePyramid, SlideWindows, TimeStages
from explorer.workspace.session import Session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class LabWork(QObject):
    """Asks in one lane and hands on the answers."""

    answered = Signal(object)

    def __init__(self, session: Session, lane: str) -> None:
        super().__init__()
        self.session, self.lane = session, lane

    def slide(self, pixels: NDArray[np.uint8]) -> None:
        """Run the course's network on all windows of a picture (n, n, 3): `answered` has SlidWindows."""
        self._ask(SlideWindows(pixels, self.session.device or "cpu"), "Running the network on every window")

    def slide_pyramid(
        self, pixels: NDArray[np.uint8], smallest: int, factor: float, least: float, within: float, overlap: float
    ) -> None:
        """Slide MTCNN's P-Net over a picture (H, W, 3) in many sizes: `answered` has a Pyramid."""
        device = self.session.device or "cpu"
        question = SlidePyramid(pixels, smallest, factor, least, within, overlap, device)
        self._ask(question, "Sliding P-Net over the picture")

    def search_anchors(self, shapes: NDArray[np.float64]) -> None:
        """Search anchors for widths and heights (N, 2): `answered` has an AnchorSearch for each number of them."""
        self._ask(SearchAnchors(shapes), "Searching anchors")

    def read_shapes(self, folder: str) -> None:
        """Read the boxes of a folder's labels: `answered` has LabelShapes."""
        self._ask(ReadShapes(folder), "Reading labels")

    def time_stages(self, trunk: str, side: int, regions: int, few: int, all_crops: bool) -> None:
        """Time the parts of the R-CNN family: `answered` has StageTimes, more each time."""
        device = self.session.device or "cpu"
        self._ask(TimeStages(trunk, side, regions, few, all_crops, device), "Making the network")

    def _ask(self, question: object, text: str) -> None:
        self.session.ask(self.lane, question, self.answered.emit, text)
