"""How one box of a YOLO head came about: the rules of `explorer.maths.yolo`, run on numbers that remember them.

Source: Redmon & Farhadi 2016, YOLO9000, arXiv:1612.08242, section 2; 2018, arXiv:1804.02767, section 2.1.
"""

from __future__ import annotations

from functools import reduce
from operator import mul

import numpy as np

from explorer.maths.box_records import Spot
from explorer.maths.explanations import Step
from explorer.maths.head_records import Head, Heads
from explorer.maths.told_boxes import known_chances, told
from explorer.maths.worked import Worked, exp, logistic, power
from explorer.maths.yolo import middle, side, squared, within


def decoding(heads: Heads, spot: Spot, index: int) -> tuple[Step, ...]:
    """The box as shares of the network's input, how sure the head is of it and of class `index`, and its corners in
    pixels of the picture."""
    head = heads.heads[spot.head]
    if not isinstance(head, Head):
        return told(heads, head, spot, index)
    rows, columns = head.cells
    each = 5 + head.classes
    t = head.raw[spot.anchor * each : (spot.anchor + 1) * each, spot.row, spot.column].astype(np.float64)
    square = head.growth == "square"  # a sigmoid came before the head
    letter = "σ" if square else "t"
    t_x, t_y, t_w, t_h, t_o = (Worked(f"{letter}_{name}", float(x)) for name, x in zip("xywho", t, strict=False))

    def sure(t: Worked) -> Worked:
        return t if square else logistic(t)

    def grown(t: Worked) -> Worked:
        return squared(t, power) if square else exp(t)

    reach = Worked("r", head.reach)
    high, wide = heads.size
    p_w, p_h = head.anchors[spot.anchor]
    b = {
        "b_x": middle(within(sure(t_x), reach), Worked("c_x", spot.column), Worked("n_W", columns)),
        "b_y": middle(within(sure(t_y), reach), Worked("c_y", spot.row), Worked("n_H", rows)),
        "b_w": side(Worked("p_w", p_w), grown(t_w), Worked("W", wide)),
        "b_h": side(Worked("p_h", p_h), grown(t_h), Worked("H", high)),
    }
    there = {"p_c": sure(t_o)}
    if head.classes:  # else all things are of one kind, and p_c says it all
        there["P"] = _chance(t[5:], index, head)
    known = {name: Worked(name, worked) for name, worked in b.items()}
    left, top = (Worked(letter, x) for letter, x in zip(("x_0", "y_0"), heads.corner, strict=True))
    width = Worked("w", wide * heads.scale[0])
    height = Worked("h", high * heads.scale[1])
    corners = {
        "left": left + (known["b_x"] - known["b_w"] / 2) * width,
        "top": top + (known["b_y"] - known["b_h"] / 2) * height,
        "right": left + (known["b_x"] + known["b_w"] / 2) * width,
        "bottom": top + (known["b_y"] + known["b_h"] / 2) * height,
    }
    letters = [Worked(name, worked) for name, worked in there.items()]
    there["score"] = reduce(mul, letters)
    return tuple(Step(name, worked) for name, worked in (b | there | corners).items())


def in_cells(heads: Heads, spot: Spot) -> tuple[float, float, float, float]:
    """b_x, b_y, b_w, b_h as the course counts them: the middle from its cell's corner, all in cells."""
    head = heads.heads[spot.head]
    rows, columns = head.cells
    x, y, w, h = (float(step.worked) for step in decoding(heads, spot, 0)[:4])
    return x * columns - spot.column, y * rows - spot.row, w * columns, h * rows


def chances_of(heads: Heads, spot: Spot) -> tuple[tuple[int, float], ...]:
    """Classes a box may be, with the chance or score of each, the likeliest first; none where all are of one kind."""
    head = heads.heads[spot.head]
    if not isinstance(head, Head):
        return known_chances(head, spot)
    each = 5 + head.classes
    chances = head.values[spot.anchor * each + 5 : (spot.anchor + 1) * each, spot.row, spot.column]
    return tuple((int(kind), float(chances[kind])) for kind in (-chances).argsort(kind="stable"))


def _chance(t: np.ndarray, index: int, head: Head) -> Worked:
    """P: σ(t), or its share among all classes."""
    letter = f"{'σ' if head.growth == 'square' else 't'}_{index}"
    if head.chances != "softmax":
        entered = Worked(letter, float(t[index]))
        return entered if head.growth == "square" else logistic(entered)
    top = float(t.max())  # taken from each, it changes no share, and none is too large
    m = Worked("m", top)
    return exp(Worked(letter, float(t[index])) - m) / Worked("Σ exp(t − m)", float(np.exp(t - top).sum()))
