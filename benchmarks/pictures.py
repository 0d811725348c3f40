"""A camera's frame into a network's Input, and onto the screen, beside its peers. One JSON line, milliseconds.

letterbox: 1920 × 1080 pixels into 320 × 320 with grey around, as float32 with channels first. The peer goes the way
that ultralytics describes for its LetterBox, written here anew: scale with OpenCV's linear filter, a border of 114
around, red before blue, channels first, a contiguous copy, float32, divided by 255. Ours is what a Darknet network's
recipe asks for; neither averages where it makes smaller. screen: 640 × 480 pixels of another frame each time, shown
at full size and painted at once; the peers are pyqtgraph's ImageItem with its levels as they come and given. Usage:
python -m benchmarks.pictures
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph
import torch
from PIL import Image
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.peers import absent
from benchmarks.turns import medians, milliseconds, ratios
from explorer.formats.recipes import to_input
from explorer.maths.resources import resources
from explorer.network.project import Recipe
from explorer.ui.pictures.picture_view import PictureView, image_of

ROUNDS, FRAMES, SIDE = 60, 8, 320
VIEW = (640, 480)

Frame = np.ndarray[Any, np.dtype[np.uint8]]


def frames(width: int, height: int) -> list[Frame]:
    """Parts of a photo that move, (H, W, 3) red, green, blue."""
    photo = Image.open(resources() / "samples" / "cat.jpg", formats=("JPEG",)).convert("RGB")
    large = np.asarray(photo.resize((width + FRAMES, height)))
    return [np.ascontiguousarray(large[:, number : number + width]) for number in range(FRAMES)]


def letterbox() -> dict[str, Callable[[], object]]:
    """Ours, and the peer where OpenCV is there."""
    some, recipe, turn = frames(1920, 1080), Recipe(0.0, scaling="corners", padding="letterbox"), iter(range(1 << 30))
    runs: dict[str, Callable[[], object]] = {
        "ours": lambda: torch.from_numpy(to_input(some[next(turn) % FRAMES], recipe, (3, SIDE, SIDE)))
    }
    if "ultralytics' way" not in absent(**{"ultralytics' way": "cv2"}):
        import cv2

        bgr = [cv2.cvtColor(frame, cv2.COLOR_RGB2BGR) for frame in some]  # as OpenCV's cameras hand them over
        again = iter(range(1 << 30))

        def theirs() -> torch.Tensor:
            frame = bgr[next(again) % FRAMES]
            high, wide = frame.shape[:2]
            scale = SIDE / max(high, wide)
            new = round(high * scale), round(wide * scale)
            scaled = cv2.resize(frame, new[::-1], interpolation=cv2.INTER_LINEAR)
            above, left = (SIDE - new[0]) // 2, (SIDE - new[1]) // 2
            around = above, SIDE - new[0] - above, left, SIDE - new[1] - left
            square = cv2.copyMakeBorder(scaled, *around, cv2.BORDER_CONSTANT, value=(114, 114, 114))
            x = np.ascontiguousarray(square[None][..., ::-1].transpose(0, 3, 1, 2))
            return torch.from_numpy(x).float() / 255

        runs["ultralytics' way"] = theirs
    return runs


def screen(app: QApplication) -> dict[str, Callable[[], object]]:
    """Ours, and pyqtgraph's ImageItem as it comes and with its levels given."""
    some = frames(*VIEW)
    view = PictureView()
    kept: list[QWidget] = []

    def show(widget: QWidget, put: Callable[[Frame], object], paint: Callable[[], object]) -> Callable[[], object]:
        turn = iter(range(1 << 30))
        widget.resize(*VIEW)
        widget.show()
        app.processEvents()

        def run() -> None:
            put(some[next(turn) % FRAMES])
            paint()
            assert len(kept) < 3  # what is shown stays alive

        return run

    runs = {"ours": show(view, lambda frame: view.show_image(image_of(frame)), view.repaint)}
    given: dict[str, Any] = {"autoLevels": False, "levels": [0, 255]}
    for name, levels in (("ImageItem", {}), ("ImageItem, levels given", given)):
        widget, item = pyqtgraph.GraphicsLayoutWidget(), pyqtgraph.ImageItem(axisOrder="row-major")
        widget.addViewBox().addItem(item)
        kept.append(widget)

        def put(frame: Frame, item: Any = item, levels: dict[str, Any] = levels) -> None:
            item.setImage(frame, **levels)

        runs[name] = show(widget, put, widget.viewport().repaint)
    return runs


def main() -> None:
    """Run both and print."""
    app = QApplication([])
    torch.set_num_threads(1)
    told = {name: medians(milliseconds(runs, ROUNDS, 5), 3)
            for name, runs in (("letterbox", letterbox()), ("screen", screen(app)))}  # fmt: skip
    told = {name: {**found, **ratios("ours", found)} for name, found in told.items()}
    missing = absent(**{"ultralytics' way": "cv2"})
    print(json.dumps({"benchmark": "pictures", "unit": "ms", **told, "absent": missing}))


if __name__ == "__main__":
    main()
