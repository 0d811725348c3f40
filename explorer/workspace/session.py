"""What the user looks at: selection, picture, and the worker's answers about them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.maths.records import FeatureMaps, ModelCard, Picture, Prediction, Progress
from explorer.workspace.document import Document


class Session(QObject):
    """Asks the worker when the document, the selection or the picture changes; panels hear its signals.

    A signal carries the whole new value; None means there is none (yet).
    """

    selection_changed = Signal(object)  # tuple[str, ...] of node ids, the last one chosen last
    picture_changed = Signal(object)  # Picture | None
    prediction_changed = Signal(object)  # Prediction | None
    maps_changed = Signal(object)  # FeatureMaps | None
    work_changed = Signal(str, object)  # lane ("model", "picture", "predict", "maps", "save"), Progress | None
    failed = Signal(str, str)  # lane, a sentence for the user

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.selection: tuple[str, ...] = ()
        self.picture: Picture | None = None
        self.prediction: Prediction | None = None
        self.maps: FeatureMaps | None = None
        self.models: tuple[ModelCard, ...] = ()
        self.work: dict[str, Progress] = {}
        self.own_scale = True

    def select(self, ids: tuple[str, ...]) -> None:
        """Select nodes; the feature maps of the last one are shown."""

    def open_picture(self, path: str) -> None:
        """Look through the network at a picture file."""

    def paste_picture(self, pixels: object, name: str = "pasted picture") -> None:
        """Look at pixels (H, W, 3) uint8 that have no file."""

    def set_own_scale(self, own: bool) -> None:
        """Give each channel its own brightness range, or all the same."""

    def open_model(self, name: str) -> None:
        """Open a model of the library, getting it first where needed."""

    def cancel(self, lane: str) -> None:
        """Stop what runs in a lane."""
