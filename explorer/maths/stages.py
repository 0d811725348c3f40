"""What a picture costs each detector of the R-CNN family, put together from the times of its parts."""

from __future__ import annotations

from explorer.maths.lab_records import StageTimes
from explorer.maths.worked import Worked


def worked_times(times: StageTimes, regions: int) -> dict[str, Worked]:
    """Seconds for one picture by each detector whose parts are all measured, and how they are put together.

    R-CNN runs every region by itself; Fast R-CNN the convolutions once, and every region from its maps; Faster R-CNN
    proposes few regions itself; a one-shot detector runs once.
    """
    crop, maps, heads, proposing, few, one_shot = (
        None if value is None else Worked(f"t_{name}", value / 1000)
        for name, value in (
            ("crop", times.crop), ("maps", times.maps), ("heads", times.heads), ("rpn", times.proposing),
            ("few", times.few_heads), ("once", times.one_shot),
        )
    )  # fmt: skip
    found = {}
    if crop is not None:
        found["R-CNN"] = Worked("n", regions) * crop
    if maps is not None and heads is not None:
        found["Fast R-CNN"] = maps + heads
    if maps is not None and proposing is not None and few is not None:
        found["Faster R-CNN"] = maps + proposing + few
    if one_shot is not None:
        found["YOLO"] = one_shot
    return found
