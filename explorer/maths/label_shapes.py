"""The shapes of labelled boxes, as anchors are searched for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.maths.labelled import LabelSet


def label_shapes(labels: LabelSet) -> NDArray[np.float64]:
    """(N, 2): width and height of each thing in shares of its picture. Crowds are left out: their box is no thing's."""
    found = []
    for picture in labels.pictures:
        wide, high = picture.size or (1, 1)
        boxes = (thing.box for thing in picture.things if not thing.crowd)
        found += [((right - left) / wide, (bottom - top) / high) for left, top, right, bottom in boxes]
    shapes = np.array(found, np.float64).reshape(-1, 2).clip(max=1)
    return shapes[(shapes > 0).all(1)]
