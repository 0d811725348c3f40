"""Masks and points of the boxes that were found: torchvision's own, pasted, outlined, written down and drawn."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import csv
import json
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image
from pycocotools import mask as coco
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torch import nn
from torchvision.models.detection import KeypointRCNN, MaskRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.roi_heads import paste_masks_in_image

from explorer.cli.commands import main
from explorer.engine.answers import answer
from explorer.engine.opening import open_file
from explorer.engine.questions import Detect, Pixels, Watch
from explorer.formats import project_file, project_json
from explorer.formats.annotated import annotated
from explorer.formats.detections import Sighting, as_coco, as_csv
from explorer.layers.regions import KeypointHead, MaskHead
from explorer.maths.box_records import Thresholds
from explorer.maths.keypoints import SURE
from explorer.maths.mask_records import Mask
from explorer.maths.masks import HALF, coco_mask, letters, outlines, pasted, taken
from explorer.maths.records import Guess
from explorer.network.layer import ShapeError
from explorer.network.project import Project
from explorer.ui.pictures.boxes_view import BoxesView
from explorer.ui.pictures.picture_view import image_of
from explorer.workspace.images import pixels_of
from explorer.workspace.thresholding import chosen, lacks_looks
from tests.detectors import SMALL, cache, photo, settled, tensor  # noqa: F401

KINDS = {"masks": (MaskRCNN, {"num_classes": 3}), "points": (KeypointRCNN, {"num_classes": 2, "num_keypoints": 17})}


BOXES, REGIONS = 8, 200
"""Looks at a box, or at a region, take time."""


def detector_of(kind: str, photo: np.ndarray, folder: Path) -> tuple[Any, Project]:
    """torchvision's module on a ResNet-18 with random numbers, and what its file is opened as."""
    torch.manual_seed(2)
    made, named = KINDS[kind]
    body = resnet_fpn_backbone(backbone_name="resnet18", weights=None, norm_layer=nn.BatchNorm2d)
    few = {"box_detections_per_img": BOXES, "rpn_post_nms_top_n_test": REGIONS}
    module = settled(made(body, **named, **SMALL, **few).eval(), photo)
    with torch.no_grad():  # else all masks are nearly flat
        for name, value in module.roi_heads.named_parameters():
            if name.startswith(("mask_predictor", "keypoint_predictor")):
                value.mul_(3.0)
    torch.save(module.state_dict(), folder / "mine.pth")
    *_, project = open_file(folder / "mine.pth")
    recipe = replace(project.recipe, shorter=SMALL["min_size"], longer=SMALL["max_size"])
    network = project.network.with_settings("boxes", most=BOXES).with_settings("input", height=96, width=128)
    (cut,) = (id for id, node in network.nodes.items() if getattr(node.layer, "proposals", 0) == 1000)
    network = network.with_settings(cut, proposals=REGIONS)
    return module, replace(project, network=network, recipe=recipe)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_told_of_each_box_is_torchvision_s(kind: str, photo: np.ndarray, cache: Path, capsys) -> None:
    module, project = detector_of(kind, photo, cache)
    *_, prediction = answer(Detect(project, Pixels(photo), "cpu", 10_000))
    with torch.inference_mode():
        (expected,) = module([tensor(photo)])
    assert prediction.untrained == ()
    assert len(prediction.top) == len(expected["boxes"]) == BOXES
    size = photo.shape[1::-1]
    for number, (box, label) in enumerate(zip(expected["boxes"].numpy(), expected["labels"].tolist(), strict=True)):
        same = [g for g in prediction.top if g.index == label and np.abs(np.array(g.box) - box).max() < 0.01]
        assert same, number
        if kind == "masks":
            left, top, part = pasted(same[0].mask, same[0].box, size)
            whole = np.zeros(photo.shape[:2], np.float32)
            whole[top : top + part.shape[0], left : left + part.shape[1]] = part
            np.testing.assert_allclose(whole, expected["masks"][number, 0].numpy(), atol=1e-3)
        else:
            assert np.allclose(same[0].sure, expected["keypoints_scores"][number].numpy(), atol=1e-3)
            away = np.abs(np.array(same[0].points) - expected["keypoints"][number, :, :2].numpy()).max(1)
            assert np.median(away) < 0.01  # where two places are as high to the last digit, either may be taken
            assert (away < 0.01).mean() > 0.8
    # in a video's frame
    *_, seen = answer(Watch(project_json.dumped(project), Pixels(photo)))
    assert seen.problem == ""
    assert all((g.mask is not None) == (kind == "masks") for g in seen.prediction.top)
    assert all(bool(g.points) == (kind == "points") for g in seen.prediction.top)
    # as thresholds move, without another run where all that count were looked at
    marks = Thresholds(least=prediction.top[5].probability)
    fewer = chosen(prediction, marks)
    assert 0 < len(fewer.top) < len(prediction.top)
    assert set(fewer.top) <= set(prediction.top)
    assert not lacks_looks(fewer)
    more = chosen(prediction, Thresholds(least=0.0, overlap=1.0))
    assert lacks_looks(more)
    # on the command line
    project_file.write(cache / "mine.cnnx", project)
    Image.fromarray(photo).save(cache / "dog.png")
    plain, drawn = str(cache / "dog.png"), cache / "drawn.png"
    assert main(["detect", str(cache / "mine.cnnx"), plain, "--json", "-o", str(drawn)]) == 0
    told = json.loads(capsys.readouterr().out)["detections"]
    assert len(told) == len(prediction.top)
    for one, guess in zip(told, prediction.top, strict=True):
        if kind == "masks":
            assert "keypoints" not in one
            assert np.array_equal(coco.decode(one["segmentation"]), taken(guess.mask, guess.box, size))
        else:
            told_points = np.array(one["keypoints"]).reshape(17, 3)
            np.testing.assert_allclose(told_points[:, :2], guess.points, atol=0.006)
            assert (told_points[:, 2] == 1).all(), "as COCO's results have it"
            assert one["keypoint_scores"] == pytest.approx(guess.sure, abs=1e-4)
            assert {"landmarks", "segmentation"}.isdisjoint(one)
    with Image.open(drawn) as image:
        bare = annotated(photo, [replace(g, mask=None, points=()) for g in prediction.top], size)
        assert (np.asarray(image) != bare).any(2).sum() > 100


parts = arrays.arrays(np.float32, (5, 5), elements=st.floats(0, 1, width=32))
sides = st.floats(0.125, 60, width=32)


@settings(max_examples=150, deadline=None)
@given(parts, st.tuples(st.floats(0, 48, width=32), st.floats(0, 38, width=32), sides, sides))
def test_masks_are_pasted_as_torchvision_does(part: np.ndarray, drawn: tuple[float, ...]) -> None:
    x, y, wide, high = drawn
    box = (x, y, float(np.float32(x + wide)), float(np.float32(y + high)))
    left, top, found = pasted(Mask(5, part.tobytes()), box, (50, 40))
    whole = np.zeros((40, 50), np.float32)
    whole[top : top + found.shape[0], left : left + found.shape[1]] = found
    expected = paste_masks_in_image(torch.from_numpy(part)[None, None], torch.tensor([box]), (40, 50))
    np.testing.assert_allclose(whole, expected[0, 0].numpy(), atol=1e-5)


@settings(max_examples=100, deadline=None)
@given(arrays.arrays(bool, arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)))
def test_runs_are_coco_s(pixels: np.ndarray) -> None:
    written = coco_mask(pixels)
    assert np.array_equal(coco.decode(written), pixels)
    (one,) = coco.encode(np.asfortranarray(pixels[..., None].astype(np.uint8)))
    assert written["counts"] == one["counts"].decode()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2**24), min_size=1, max_size=20))
def test_letters_of_any_runs_are_coco_s(runs: list[int]) -> None:
    """Of large pictures, too, and where a run is much shorter than the one before the last."""
    written = coco.frPyObjects({"size": [1, sum(runs)], "counts": runs}, 1, sum(runs))
    assert letters(runs) == written["counts"].decode()


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.float32, (6, 6), elements=st.sampled_from([0.0, 0.1, 0.4, 0.6, 0.9, 1.0])))
def test_outlines_go_around_what_is_taken(part: np.ndarray) -> None:
    """The middle of each part is inside just where it is more than half sure; lines hardly leave the box."""
    lines = outlines(Mask(6, part.tobytes()))
    middles = (np.arange(6) + 0.5) / 6
    inside = np.zeros((6, 6), bool)
    for line in lines:
        corners = np.array(line)
        assert len(corners) >= 4
        assert (np.abs(corners - 0.5) <= 0.5 + 0.5 / 6).all()
        for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, 0), strict=True):
            rows = np.flatnonzero((y1 > middles) != (y2 > middles))
            for row in rows:
                inside[row] ^= middles < x1 + (middles[row] - y1) / (y2 - y1) * (x2 - x1)
    assert np.array_equal(inside, part > HALF)


def test_a_mask_in_coco_s_file() -> None:
    part = np.zeros((4, 4), np.float32)
    part[:, :2] = 1
    guess = Guess("dog", 1, 0.9, (10.0, 10.0, 30.0, 30.0), mask=Mask(4, part.tobytes()))
    (one,) = json.loads(as_coco([Sighting("a.jpg", 1, 0.0, (40, 50), (guess,))]))["annotations"]
    decoded = coco.decode(one["segmentation"])
    assert one["area"] == decoded.sum()
    assert 150 < one["area"] < 250, "the left half of 20 × 20"
    assert decoded[20, 15] == 1
    assert decoded[20, 25] == 0
    (row,) = csv.DictReader(StringIO(as_csv([Sighting("a.jpg", 1, 0.0, (40, 50), (guess,))])))
    assert int(row["area"]) == one["area"]
    assert row["points"] == ""


UNSURE = (3, 9)  # right ear, left wrist


@pytest.fixture
def person() -> Guess:
    """Who stands as a figure of matches, with a wrist and an ear that the network is not sure of."""
    points = [
        (50, 20), (54, 16), (46, 16), (58, 18), (42, 18), (70, 40), (30, 40), (80, 60), (20, 60), (90, 80), (10, 80),
        (62, 90), (38, 90), (64, 120), (36, 120), (66, 150), (34, 150),
    ]  # fmt: skip
    sure = tuple(SURE - 0.1 if number in UNSURE else SURE for number in range(17))
    return Guess("person", 1, 0.9, (2.0, 2.0, 98.0, 158.0), tuple((float(x), float(y)) for x, y in points), sure=sure)


def test_points_that_the_network_is_not_sure_of_are_drawn_otherwise(qtbot, person: Guess) -> None:
    """A ring, whose middle shows the picture, and no whole line to it: in the window, its clips, and by the command."""
    grey = np.full((160, 100, 3), 128, np.uint8)
    view = BoxesView()
    qtbot.addWidget(view)
    view.show_image(image_of(np.repeat(np.repeat(grey, 4, 0), 4, 1)))
    view.show_guesses([person], 100)
    large = annotated(np.repeat(np.repeat(grey, 4, 0), 4, 1), [person], (100, 160))
    for drawn in (pixels_of(view.annotated()), large):
        colour = drawn[4 * 40, 4 * 70]  # a shoulder
        assert (colour != 128).any()
        for number, (x, y) in enumerate(person.points):
            middle = drawn[int(4 * y), int(4 * x)]
            assert (middle == (128 if number in UNSURE else colour)).all(), number
    lines = []
    for one in (replace(person, sure=()), person):
        view.show_guesses([one], 100)
        x, y = np.linspace((80, 60), (90, 80), 41)[8:-8].T * 4  # elbow to wrist
        lines.append((pixels_of(view.annotated())[y.astype(int), x.astype(int)] != 128).any(1).mean())
    assert lines[0] == 1.0, "who has no scores is sure"
    assert 0.2 < lines[1] < 0.9, "dashed"


def test_points_and_their_scores_in_files(person: Guess) -> None:
    seen = [Sighting("a.jpg", 1, 0.0, (100, 160), (person,))]
    (row,) = csv.DictReader(StringIO(as_csv(seen)))
    told = [tuple(map(float, point.split())) for point in row["points"].split(";")]
    assert told == list(person.points)
    assert list(map(float, row["point scores"].split(";"))) == pytest.approx(person.sure)
    (one,) = json.loads(as_coco(seen))["annotations"]
    assert one["keypoint_scores"] == pytest.approx(person.sure)


def test_coco_s_own_evaluation_reads_what_is_written() -> None:
    """The file's own annotations, given to pycocotools as results, are all right."""
    part = np.zeros((4, 4), np.float32)
    part[:, 1:] = 1
    points = tuple((100.0 + 3 * n, 80.0 + 7 * n) for n in range(17))
    nearer = tuple((x / 2, y / 2) for x, y in points)
    people = [
        Guess("person", 1, score, box, those, mask=Mask(4, part.tobytes()), sure=(5.0,) * 17)
        for score, box, those in ((0.9, (90.0, 70.0, 170.0, 210.0), points), (0.8, (10.0, 20.0, 80.0, 90.0), nearer))
    ]
    written = json.loads(as_coco([Sighting("a.jpg", 1, 0.0, (320, 240), tuple(people))]))
    with redirect_stdout(StringIO()):
        truth = COCO()
        truth.dataset = written
        truth.createIndex()
        for kind in ("bbox", "segm", "keypoints"):
            keys = {"image_id", "category_id", "score", {"segm": "segmentation"}.get(kind, kind)}
            results = [{key: one[key] for key in keys} for one in written["annotations"]]
            found = COCOeval(truth, truth.loadRes(results), kind)
            found.evaluate()
            found.accumulate()
            found.summarize()
            assert found.stats[0] == pytest.approx(1.0), kind


def test_heads_say_what_they_need() -> None:
    assert MaskHead(3).output((3, 28, 28)) == (3, 28, 28)
    with pytest.raises(ShapeError, match="needs a map for each of 3 classes, got 4×28×28"):
        MaskHead(3).output((4, 28, 28))
    with pytest.raises(ShapeError, match="needs a map for each of 17 points, got 4×56×56"):
        KeypointHead().output((4, 56, 56))
