"""Which boxes count is decided here again and again; the network has put them all out once."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from explorer.maths.box_records import SHOWN, Thresholds
from explorer.maths.head_records import Heads
from explorer.maths.records import Prediction, with_looks

if TYPE_CHECKING:  # the window is on the screen sooner without numpy
    from explorer.maths.heads import RawBoxes


def chosen(prediction: Prediction, thresholds: Thresholds) -> Prediction:
    """The prediction with those boxes that these thresholds leave; one that was chosen so, or has no heads, itself."""
    if prediction.heads is None or prediction.thresholds == thresholds:
        return prediction
    top = with_looks(raw_boxes(prediction.heads).guesses(thresholds, SHOWN), prediction.closer)
    return replace(prediction, top=top, thresholds=thresholds)


def lacks_looks(prediction: Prediction) -> bool:
    """Whether some of the guesses were not looked at closer, where the network does that."""
    return prediction.closer is not None and any(guess.place not in prediction.closer for guess in prediction.top)


@lru_cache(maxsize=2)
def raw_boxes(heads: Heads) -> RawBoxes:
    """All boxes of some heads; those asked for last are kept, decoded."""
    from explorer.maths.heads import RawBoxes

    return RawBoxes(heads)
