"""The points of a person that COCO names, and which of them belong together.

Source: cocodataset.org, Data format, keypoint detection.
"""

from __future__ import annotations

from collections.abc import Sequence

NAMES = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
LIMBS = (
    (15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12), (5, 6), (5, 7), (6, 8), (7, 9), (8, 10),
    (1, 2), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6),
)  # fmt: skip
"""Pairs of places in NAMES that a line joins."""
SURE = 2.0
"""How high a point's map, a logit, is at least where the network is sure of it: what is behind a chair, or outside of
the picture, gets a place all the same. Source: `kp_thresh` of Detectron's vis.py."""


def limbs(points: int) -> tuple[tuple[int, int], ...]:
    """Which of so many points a line joins: COCO's of a person, none of others."""
    return LIMBS if points == len(NAMES) else ()


def sure_ones(points: int, sure: Sequence[float]) -> tuple[bool, ...]:
    """Which of so many points the network is sure of; all where it does not tell, as of a face's landmarks."""
    return tuple(height >= SURE for height in sure) if len(sure) == points else (True,) * points
