"""How one box of an AnchorHead or a RegionHead came about: the rules of `explorer.maths.anchored`, run on numbers that
remember them."""

from __future__ import annotations

import numpy as np

from explorer.maths.anchored import MOST_GROWTH, Anchored, grown, moved
from explorer.maths.box_records import Spot
from explorer.maths.explanations import Step
from explorer.maths.head_records import Heads
from explorer.maths.regions import Looked
from explorer.maths.worked import Worked, exp, largest, least, logistic, root


def told(heads: Heads, head: Anchored | Looked, spot: Spot, index: int) -> tuple[Step, ...]:
    """The box in pixels of the network's input, its score as class `index`, and its corners in the picture's pixels."""
    anchor = heads.heads[spot.head].anchor_at(spot, heads.size)
    x_a, y_a, w_a, h_a = (Worked(f"{name}_a", value) for name, value in zip("xywh", anchor, strict=True))
    wide, high = (Worked(f"{name}_p", side) for name, side in zip("wh", heads.inside, strict=True))
    if isinstance(head, Anchored):
        numbers = head.offsets[spot.anchor, spot.row, spot.column]
    else:
        numbers = head.offsets[spot.column, spot.anchor]
    rule = head.rule
    if rule.sides == "four sides":
        left, top, right, bottom = (Worked(f"t_{name}", float(t)) for name, t in zip("ltrb", numbers, strict=True))
        box = {
            "b_l": x_a - left * w_a, "b_t": y_a - top * h_a, "b_r": x_a + right * w_a, "b_b": y_a + bottom * h_a,
        }  # fmt: skip
        known = {name: Worked(name, value) for name, value in box.items()}
        sides = known["b_l"], known["b_t"], known["b_r"], known["b_b"]
    else:
        t_x, t_y, t_w, t_h = (Worked(f"t_{name}", float(t)) for name, t in zip("xywh", numbers, strict=True))
        v, u = Worked("v", rule.shift), Worked("u", rule.growth)
        box = {
            "b_x": moved(x_a, w_a, t_x, v), "b_y": moved(y_a, h_a, t_y, v),
            "b_w": grown(w_a, t_w, u, exp, _believed), "b_h": grown(h_a, t_h, u, exp, _believed),
        }  # fmt: skip
        known = {name: Worked(name, value) for name, value in box.items()}
        half_w, half_h = known["b_w"] / 2, known["b_h"] / 2
        sides = known["b_x"] - half_w, known["b_y"] - half_h, known["b_x"] + half_w, known["b_y"] + half_h
    x_0, y_0 = (Worked(letter, at) for letter, at in zip(("x_0", "y_0"), heads.corner, strict=True))
    across, down = (Worked(letter, scale) for letter, scale in zip(("k_x", "k_y"), heads.scale, strict=True))
    corners = {
        "left": x_0 + _inside(sides[0], wide) * across, "top": y_0 + _inside(sides[1], high) * down,
        "right": x_0 + _inside(sides[2], wide) * across, "bottom": y_0 + _inside(sides[3], high) * down,
    }  # fmt: skip
    score = {"score": _score(head, spot, index)}
    return tuple(Step(name, worked) for name, worked in (box | score | corners).items())


def known_chances(head: Anchored | Looked, spot: Spot) -> tuple[tuple[int, float], ...]:
    """Classes that a box may be, with the score of each, the likeliest first: of an AnchorHead those among its best."""
    if isinstance(head, Looked):
        chances = head.objectness[:, 0, spot.column]
        return tuple((int(kind), float(chances[kind])) for kind in np.argsort(-chances, kind="stable") if kind)
    place = int(np.ravel_multi_index((spot.anchor, spot.row, spot.column), head.scores.shape))
    likeliest = int(head.kinds.flat[place]), float(head.scores.flat[place])
    return tuple(dict([(kind, chance) for kind, chance, _ in head.several(place)] or [likeliest]).items())


def _score(head: Anchored | Looked, spot: Spot, index: int) -> Worked:
    if isinstance(head, Looked):
        t = head.t[spot.column].astype(np.float64)
        top = float(t.max())
        total = Worked("Σ exp(t − m)", float(np.exp(t - top).sum()))
        return exp(Worked(f"t_{index}", float(t[index])) - Worked("m", top)) / total
    at = spot.anchor, spot.row, spot.column
    place = int(np.ravel_multi_index(at, head.scores.shape))
    number = next((t for kind, _, t in head.several(place) if kind == index), float("nan"))
    t_c = Worked(f"t_{index}", float(head.t[at]) if int(head.kinds[at]) == index else number)
    if head.against is None:
        return logistic(t_c)
    if head.way == "softmax":
        return exp(t_c - Worked("ln Σ exp(t)", float(head.against[at])))
    return root(logistic(t_c) * logistic(Worked("t_o", float(head.against[at]))))


def _believed(t: Worked, most: float) -> Worked:
    """Growth beyond what is believed is named as such; else the formula stays short."""
    return least(t, Worked("ln(1000/16)", most)) if t > MOST_GROWTH else t


def _inside(at: Worked, end: Worked) -> Worked:
    """What lies outside of the picture is cut off, and said."""
    if at < 0:
        return largest(at, 0)
    return least(at, end) if at > end else at
