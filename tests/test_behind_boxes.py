"""Behind a box: all boxes of all heads, thresholds without another run, the decoding with its numbers, midpoints."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.engine.answers import answer
from explorer.engine.opening import open_file
from explorer.engine.questions import Detect, PictureFile, Pixels, Predict
from explorer.layers.activations import Sigmoid
from explorer.layers.dense import Input
from explorer.layers.detection import Yolo
from explorer.layers.shapes import Identity
from explorer.layers.windows import Conv2d
from explorer.maths.box_records import Limits, Spot, Thresholds
from explorer.maths.boxes import iou
from explorer.maths.decoding import decoding, in_cells
from explorer.maths.head_records import Head, Heads
from explorer.maths.heads import RawBoxes
from explorer.maths.midpoints import anchor_box, cell_at, cell_box, claims, objectness, of_sizes, shared, whole_box
from explorer.maths.outlines import outlines
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.workspace.settings import Settings
from explorer.workspace.thresholding import chosen


@pytest.fixture(scope="module")
def seen(assets):
    """What Yolo-Fastest makes of the photo with the dog."""
    *_, project = open_file(assets / "yolo-fastest-1.1.cfg")
    source = PictureFile(str(assets / "images" / "dog.jpg"))
    *_, prediction = answer(Predict(project, source))
    return project, source, prediction


def test_thresholds_choose_again_what_another_run_would_find(seen) -> None:
    project, source, prediction = seen
    assert {"dog", "car"} <= {guess.label for guess in prediction.top}
    assert prediction.thresholds == Thresholds()
    for least, overlap, suppression in ((0.05, 0.3, "IoU"), (0.5, 0.45, "DIoU"), (0.01, 1.0, "")):
        now = chosen(prediction, Thresholds(least, overlap, suppression))
        *_, again = answer(Detect(project, source, "cpu", 100, least, overlap, suppression))
        assert now.top == again.top
        assert now.heads is prediction.heads
    dog = next(guess.index for guess in prediction.top if guess.label == "dog")
    without = chosen(prediction, Thresholds(hidden=frozenset([dog])))
    assert without.top == tuple(guess for guess in prediction.top if guess.label != "dog")
    *_, hidden = answer(Predict(project, source, thresholds=Thresholds(hidden=frozenset([dog]))))
    assert hidden.top == without.top
    assert chosen(prediction, Thresholds()) is prediction
    assert chosen(replace(prediction, heads=None), Thresholds(0.9)).top == prediction.top


def test_what_the_formulas_give_is_what_the_network_found(seen) -> None:
    _, _, prediction = seen
    raw = RawBoxes(prediction.heads)
    assert len(raw) == 3 * (10 * 10 + 20 * 20)
    for guess in prediction.top:
        spot = raw.spot(guess.place)
        assert raw.place(spot) == guess.place
        worked = {step.name: float(step.worked) for step in decoding(prediction.heads, spot, guess.index)}
        corners = [worked[side] for side in ("left", "top", "right", "bottom")]
        assert corners == pytest.approx(guess.box, rel=1e-5, abs=1e-3)
        assert worked["score"] == pytest.approx(guess.probability, abs=1e-5)
        x, y, w, h = in_cells(prediction.heads, spot)
        assert 0 <= x <= 1
        assert 0 <= y <= 1
        left, top, right, bottom = cell_box(prediction.heads, spot)
        assert left <= (corners[0] + corners[2]) / 2 <= right, "the cell owns the midpoint"
        assert top <= (corners[1] + corners[3]) / 2 <= bottom
        assert (w * (right - left), h * (bottom - top)) == pytest.approx(
            (corners[2] - corners[0], corners[3] - corners[1])
        )
    first = raw.spot(prediction.top[0].place)
    b_x = decoding(prediction.heads, first, prediction.top[0].index)[0].worked
    assert b_x.formula == "(σ(t_x) + c_x) / n_W"
    assert b_x.numbers.endswith(f"+ {first.column}) / {prediction.heads.heads[first.head].cells[1]}")


heads_drawn = st.tuples(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4),
    st.sampled_from(["sigmoid", "softmax"]), st.sampled_from([1.0, 1.05, 2.0]), st.integers(0, 1000),
    st.sampled_from(["exp", "square"]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(heads_drawn, min_size=1, max_size=2))
def test_any_head_by_brute_force(drawn) -> None:
    """Heads of YOLOv2, v3, v4 and scaled v4 through the network itself; each box again with Python's own numbers."""
    nodes = [Node("in", Input(3, 8, 12))]
    for number, (anchors, classes, *_, chances, reach, seed, growth) in enumerate(drawn):
        sizes = tuple((float(w), float(h)) for w, h in np.random.default_rng(seed).integers(1, 30, (anchors, 2)))
        nodes.append(Node(f"conv{number}", Conv2d(anchors * (5 + classes), 3, 2 + number, 1), ("in",)))
        nodes.append(Node(f"sure{number}", Sigmoid() if growth == "square" else Identity(), (f"conv{number}",)))
        head = Yolo(sizes, classes, chances, reach, growth=growth)
        nodes.append(Node(f"head{number}", head, (f"sure{number}",)))
    project = Project(Network({node.id: node for node in nodes}), recipe=Recipe(crop=0.8))
    pixels = np.random.default_rng(1).integers(0, 256, (50, 40, 3), dtype=np.uint8)
    *_, prediction = answer(Detect(project, Pixels(pixels), "cpu", 10_000, 0.0, 1.0))
    heads = prediction.heads
    raw = RawBoxes(heads)
    best, scores = raw.best
    places = {guess.place: guess for guess in prediction.top if guess.index == best[guess.place]}
    assert len(raw) == len(places) == sum(len(head.anchors) * math.prod(head.cells) for head in heads.heads)
    for place in range(len(raw)):
        spot = raw.spot(place)
        head, (rows, columns) = heads.heads[spot.head], heads.heads[spot.head].cells
        t = head.raw.reshape(len(head.anchors), -1, rows, columns)[spot.anchor, :, spot.row, spot.column].tolist()

        square = head.growth == "square"

        def sure(x: float, square: bool = square) -> float:
            return x if square else 1 / (1 + math.exp(-x))

        def grown(x: float, square: bool = square) -> float:
            return (2 * x) ** 2 if square else math.exp(x)

        x, y = (sure(v) * head.reach - (head.reach - 1) / 2 for v in t[:2])
        w, h = (side * grown(v) for side, v in zip(head.anchors[spot.anchor], t[2:4], strict=True))
        index = int(best[place])
        chance = sure(t[5 + index])
        if head.chances == "softmax":
            chance = math.exp(t[5 + index]) / sum(math.exp(v) for v in t[5:])
        middle = (spot.column + x) / columns * 12, (spot.row + y) / rows * 8
        box = [middle[0] - w / 2, middle[1] - h / 2, middle[0] + w / 2, middle[1] + h / 2]
        box = [heads.corner[i % 2] + heads.scale[i % 2] * side for i, side in enumerate(box)]
        assert raw.boxes[place] == pytest.approx(box, rel=1e-4, abs=1e-2)
        assert scores[place] == pytest.approx(sure(t[4]) * chance, abs=1e-5)
        assert places[place].box == pytest.approx(box, rel=1e-4, abs=1e-2)
        worked = {step.name: step.worked for step in decoding(heads, spot, index)}
        assert [float(worked[side]) for side in ("left", "top", "right", "bottom")] == pytest.approx(box)
        assert float(worked["score"]) == pytest.approx(sure(t[4]) * chance)
        assert "r" in worked["b_x"].formula if head.reach != 1 else "r" not in worked["b_x"].formula
        assert objectness(heads, spot.head, spot.anchor)[spot.row, spot.column] == pytest.approx(sure(t[4]), abs=1e-6)
    for number, head in enumerate(heads.heads):
        per_anchor = [objectness(heads, number, anchor) for anchor in range(len(head.anchors))]
        assert np.array_equal(objectness(heads, number, None), np.maximum.reduce(per_anchor))


def drawn_heads(cells: tuple[int, int] = (3, 3), size: tuple[int, int] = (90, 90)) -> Heads:
    """One head with a tall and a wide anchor, whose input lies in the picture from (10, 20) on, twice as large."""
    values = np.zeros((2 * 6, *cells), np.float32)
    return Heads((Head("head", values, values, ((20.0, 60.0), (60.0, 20.0))),), size, (10.0, 20.0), (2.0, 2.0))


def test_two_midpoints_in_one_cell() -> None:
    """The course's example: a person before a car, midpoints in one cell, each with an anchor of its own shape."""
    heads = drawn_heads()
    assert whole_box(heads) == (10, 20, 190, 200)
    person, car = (80.0, 50.0, 120.0, 170.0), (40.0, 90.0, 160.0, 130.0)
    first, second = claims([person, car], heads, 0)
    assert first.spot == Spot(0, 0, 1, 1)
    assert second.spot == Spot(0, 1, 1, 1)
    assert not first.lost
    assert not second.lost
    assert first.overlaps == pytest.approx((1.0, 400 / 2000))
    # another person in the same cell: its anchor is taken
    *_, third = claims([person, car, (82.0, 55.0, 118.0, 165.0)], heads, 0)
    assert third.spot == first.spot
    assert third.lost
    assert claims([(-50.0, 0.0, 10.0, 30.0)], heads, 0)[0].spot is None
    assert shared([first.spot, Spot(0, 0, 2, 1), second.spot]) == [[0, 2]]
    assert shared([Spot(0, 0, 1, 1), Spot(1, 0, 1, 1)]) == []


@given(st.lists(st.tuples(*[st.integers(0, 200)] * 4), max_size=6))
def test_claims_by_brute_force(drawn) -> None:
    heads = drawn_heads((3, 4))
    boxes = [(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h in drawn]
    seen: set[Spot] = set()
    for box, claim in zip(boxes, claims(boxes, heads, 0), strict=True):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        owner = [
            (row, column)
            for row in range(3)
            for column in range(4)
            for left, top, right, bottom in [cell_box(heads, Spot(0, 0, row, column))]
            if left <= x < right and top <= y < bottom
        ]
        assert [cell_at(heads, 0, x, y)] == (owner or [None])
        w, h = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
        fits = [float(iou((0, 0, w, h), (-0.0, 0, *anchor))) for anchor in heads.heads[0].anchors]
        assert claim.overlaps == pytest.approx(fits)
        assert claim.overlaps == pytest.approx([of_sizes((w, h), anchor) for anchor in heads.heads[0].anchors])
        if owner:
            assert claim.spot == Spot(0, int(np.argmax(fits)), *owner[0])
        assert (claim.spot is None) == (not owner)
        assert claim.lost == (claim.spot in seen)
        seen |= {claim.spot} - {None}


def test_an_anchor_lies_around_the_middle_of_its_cell() -> None:
    heads = drawn_heads()
    assert cell_box(heads, Spot(0, 1, 0, 2)) == (130, 20, 190, 80)
    assert anchor_box(heads, Spot(0, 1, 0, 2)) == (100, 30, 220, 70)


def test_a_head_without_classes_finds_one_kind_of_thing() -> None:
    raw = np.random.default_rng(5).normal(0, 1, (2 * 5, 2, 2)).astype(np.float32)
    values = raw.copy().reshape(2, 5, 2, 2)
    values[:, [0, 1, 4]] = 1 / (1 + np.exp(-values[:, [0, 1, 4]]))
    head = Head("faces", raw, values.reshape(raw.shape), ((20.0, 60.0), (60.0, 20.0)))
    heads = Heads((head,), (90, 90), usual=Limits(0.4, 0.4), labels=("face",))
    boxes = RawBoxes(heads)
    assert (head.classes, heads.classes) == (0, 1)
    found = boxes.guesses(Thresholds(), 100)
    assert {guess.label for guess in found} == {"face"}
    assert min(guess.probability for guess in found) > 0.4, "its own threshold"
    for guess in boxes.guesses(Thresholds(0.0, 1.0), 100):
        steps = {step.name: float(step.worked) for step in decoding(heads, boxes.spot(guess.place), 0)}
        assert "P" not in steps
        assert steps["score"] == steps["p_c"] == pytest.approx(guess.probability, abs=1e-6)
        assert boxes.score(boxes.spot(guess.place), 0) == pytest.approx(guess.probability)


def test_thresholds_are_remembered_and_broken_ones_are_not(monkeypatch) -> None:
    kept = Settings()
    for thresholds in (
        Thresholds(),
        Thresholds(0.125, None, "DIoU"),
        Thresholds(None, 1.0),
        Thresholds(0.3, 0.2, "IoU"),
    ):
        kept.thresholds = thresholds
        assert Settings().thresholds == thresholds
    for broken in ("least=2", "least=x", "overlap=nan", "suppression=none", "0.5 0.4"):
        monkeypatch.setattr(Settings, "_text", lambda self, key, broken=broken: broken)
        assert kept.thresholds == Thresholds()


def test_outlines_of_very_many_boxes_pixel_by_pixel() -> None:
    random = np.random.default_rng(0)
    boxes = random.uniform(-9, 34, (60, 4))
    boxes[:, 2:] = boxes[:, :2] + random.uniform(0, 25, (60, 2))
    boxes[0] = np.inf
    expected = np.zeros((20, 25), int)
    for left, top, right, bottom in np.floor(boxes[1:]).astype(int):
        for x in range(left, right + 1):
            for y in (top, bottom):
                if 0 <= x < 25 and 0 <= y < 20:
                    expected[y, x] += 1
        for y in range(top, bottom + 1):
            for x in (left, right):
                if 0 <= x < 25 and 0 <= y < 20:
                    expected[y, x] += 1
    assert np.array_equal(outlines(boxes, 20, 25), expected)
    assert not outlines(np.zeros((0, 4)), 3, 4).any()
