"""What a detector gets wrong in one picture."""

from __future__ import annotations

import numpy as np

from explorer.maths.box_matching import Found, Truth, as_coco
from explorer.maths.detection_records import PictureFaults


def faults(truth: Truth, found: Found, least: float) -> PictureFaults:
    """Hold boxes with scores above `least` against what is there, by COCO's rule and an IoU of a half."""
    shown = found.scores > least
    found = Found(found.boxes[shown], found.classes[shown], found.scores[shown])
    right, neither = np.zeros(len(found.scores), bool), np.zeros(len(found.scores), bool)
    missed = ~truth.ignored
    for number in np.union1d(truth.classes, found.classes).tolist():
        places = np.nonzero(found.classes == number)[0]
        places = places[np.argsort(-found.scores[places], kind="stable")]
        things = np.nonzero(truth.classes == number)[0]
        is_right, is_neither, is_found = as_coco(
            found.of_class(number, len(places)), truth.of_class(number), sizes=("all",)
        )
        right[places], neither[places] = is_right[:, 0, 0], is_neither[:, 0, 0]
        missed[things[is_found[0, 0]]] = False
    return PictureFaults(truth, found, right, neither, missed)
