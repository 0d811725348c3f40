"""From a head's numbers to boxes on the picture: decoding, suppression, and what Darknet finds."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.ops import batched_nms, distance_box_iou

from explorer.cli.commands import main
from explorer.engine.answers import answer
from explorer.engine.detecting import detect
from explorer.engine.library import open_model
from explorer.engine.opening import open_file
from explorer.engine.probes import look
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Detect, Look, PictureFile, Pixels, Predict
from explorer.formats import project_file, tensors
from explorer.layers.dense import Input
from explorer.layers.detection import Yolo
from explorer.layers.windows import Conv2d
from explorer.maths.boxes import iou
from explorer.maths.records import Guess, Prediction
from explorer.maths.resources import resources
from explorer.maths.suppression import dious, ious, kept
from explorer.maths.yolo import Candidates, candidates, decoded
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from tests.small_project import small  # noqa: F401

MODELS = ("yolo-fastest-1.1", "yolo-fastest-1.1-xl")


def test_decoding_number_by_number() -> None:
    """σ(t_x) of 0.5 in column 2 of 4 is 2.5 quarters; a size of exp(0) is the anchor."""
    anchors = ((16.0, 8.0), (4.0, 64.0))
    values = np.random.default_rng(0).uniform(0, 1, (2 * 8, 3, 4)).astype(np.float32)
    values[[0, 1], 1, 2] = 0.5, 0.25
    values[[2, 3], 1, 2] = 0, math.log(2)
    grid = decoded(values, anchors, (48, 32))
    assert grid.boxes.shape == (2, 3, 4, 4)
    assert grid.chances.shape == (3, 2, 3, 4)
    left, top, right, bottom = grid.boxes[0, 1, 2]
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((2.5 / 4, 1.25 / 3))
    assert (right - left, bottom - top) == pytest.approx((16 / 32, 2 * 8 / 48))
    for a, i, j in product(range(2), range(3), range(4)):
        x, y, w, h, there, *what = values[8 * a : 8 * a + 8, i, j].tolist()
        x, y, w, h = (j + x) / 4, (i + y) / 3, anchors[a][0] * math.exp(w) / 32, anchors[a][1] * math.exp(h) / 48
        assert grid.boxes[a, i, j] == pytest.approx((x - w / 2, y - h / 2, x + w / 2, y + h / 2), abs=1e-5)
        assert grid.objectness[a, i, j] == pytest.approx(there)
        assert grid.chances[:, a, i, j] == pytest.approx(what)


def test_candidates_are_what_is_sure_enough() -> None:
    values = np.zeros((7, 1, 2), np.float32)
    values[4:, 0, 0] = 0.8, 0.9, 0.5  # two things in one box: 0.72 and 0.4
    values[4:, 0, 1] = 0.6, 0.1, 0.9  # 0.54
    found = candidates([decoded(values, ((8.0, 8.0),), (8, 16))], 0.39)
    assert found.scores == pytest.approx([0.72, 0.54, 0.4])
    assert found.classes.tolist() == [0, 1, 1]
    assert np.array_equal(found.boxes[0], found.boxes[2])
    assert len(candidates([decoded(values, ((8.0, 8.0),), (8, 16))], 0.72)) == 0
    assert len(candidates([], 0.1)) == 0
    values[2] = 1000  # a size that no number holds
    assert len(candidates([decoded(values, ((8.0, 8.0),), (8, 16))], 0.1)) == 0


def test_a_head_without_classes_finds_one_kind_of_thing() -> None:
    values = np.random.default_rng(0).uniform(0, 1, (2 * 5, 3, 4)).astype(np.float32)
    found = candidates([decoded(values, ((16.0, 8.0), (4.0, 64.0)), (48, 32))], 0.5)
    assert sorted(found.scores) == sorted(values[4::5][values[4::5] > 0.5])
    assert set(found.classes) == {0}


sides = st.integers(0, 8)
boxes = st.lists(st.tuples(sides, sides, sides, sides), max_size=30)
scores = st.sampled_from([0.1, 0.3, 0.5, 0.5, 0.7, 0.9])


@settings(max_examples=200, deadline=None)
@given(boxes, st.data(), st.sampled_from([0.0, 0.2, 1 / 3, 0.5, 1.0]))
def test_suppression_is_torchvision_s(drawn, data, limit: float) -> None:
    corners = np.array([(x, y, x + w, y + h) for x, y, w, h in drawn], np.float32).reshape(-1, 4)
    sure = np.array(data.draw(st.lists(scores, min_size=len(drawn), max_size=len(drawn))), np.float32)
    kinds = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(drawn), max_size=len(drawn))), np.int64)
    order = np.argsort(-sure, kind="stable")
    found = Candidates(corners[order], kinds[order], sure[order])
    left = kept(found, limit)
    tensors = [torch.from_numpy(array) for array in (found.boxes, found.scores, found.classes)]
    expected = found.taken(batched_nms(*tensors, limit).numpy())
    assert np.array_equal(left.boxes, expected.boxes)
    assert np.array_equal(left.classes, expected.classes)
    assert np.array_equal(left.scores, expected.scores)


def test_the_course_s_pair_of_boxes() -> None:
    assert ious(np.array([2.0, 1, 4, 3]), np.array([[1.0, 2, 3, 4]])) == pytest.approx([1 / 7])


@settings(deadline=None)
@given(boxes.filter(len))
def test_distance_of_the_middles(drawn) -> None:
    corners = np.array([(x, y, x + w + 1, y + h + 1) for x, y, w, h in drawn], np.float64)
    tensor = torch.from_numpy(corners)
    assert dious(corners[0], corners, beta=1) == pytest.approx(
        distance_box_iou(tensor[:1], tensor)[0].numpy(), abs=1e-6
    )
    assert (dious(corners[0], corners) <= ious(corners[0], corners)).all()
    for box, found in zip(corners, dious(corners[0], corners), strict=True):
        (a, b, c, d), (e, f, g, h) = corners[0], box
        distance = ((a + c - e - g) / 2) ** 2 + ((b + d - f - h) / 2) ** 2
        across = (max(c, g) - min(a, e)) ** 2 + (max(d, h) - min(b, f)) ** 2
        assert found == pytest.approx(float(iou((a, b, c, d), (e, f, g, h))) - (distance / across) ** 0.6)


def opened(path: Path) -> Project:
    *_, project = open_file(path)
    return project


def found(question: Detect) -> list[Guess]:
    *_, answered = answer(question)
    assert isinstance(answered, Prediction)
    return list(answered.top)


def test_detect_as_a_command(assets: Path, capsys) -> None:
    words = ["detect", str(assets / "yolo-fastest-1.1-xl.weights"), str(assets / "images" / "dog.jpg")]
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    detections = json.loads(out)["detections"]
    assert [d["label"] for d in detections] == ["dog", "bicycle", "car", "truck", "cat"]
    assert set(detections[0]) == {"label", "index", "score", "box"}
    assert detections[0]["box"] == pytest.approx([114, 189, 386, 535], abs=2)
    assert [d["score"] for d in detections] == sorted((d["score"] for d in detections), reverse=True)
    assert main([*words, "--conf", "0.9"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["what", "score", "left", "top", "right", "bottom"]
    assert [line.split()[0] for line in lines[2:-2]] == ["dog", "bicycle"]
    assert lines[-1] == "2 found"
    counts = []
    for rest in (["--nms", "none"], ["--nms", "iou"], ["--nms", "iou", "--iou", "0.9"], ["--conf", "1"]):
        assert main([*words, "--json", *rest]) == 0
        counts.append(len(json.loads(capsys.readouterr().out)["detections"]))
    everything, without_doubles, most, nothing = counts
    assert everything > most > without_doubles == 5
    assert nothing == 0
    assert main(["run", *words[1:]]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "dog",
        "bicycle",
        "car",
        "truck",
        "cat",
    ]
    for wrong in (["--conf", "2"], ["--iou", "x"], ["--conf", "nan"], ["--nms", "soft"]):
        assert main([*words, *wrong]) == 2


@pytest.fixture(scope="module")
def faces() -> Project:
    *_, project = open_model("face-detector")
    assert isinstance(project, Project)
    return project


def test_the_face_detector_is_face_api_s(assets: Path, faces: Project) -> None:
    """The numbers before the head, of a picture that needs no scaling; tfjs on the same pixels."""
    raw = np.load(assets / "reference" / "faceapi_raw.npz")["tiny_nhwc"].transpose(0, 3, 1, 2)
    source = PictureFile(str(assets / "reference" / "faces_astro416.png"))
    *_, (maps,) = look(Look(faces, source, ("conv8",)))
    assert abs(maps.values - raw[0]).max() < 2e-4


PADDED = (448.94, 80.61, 589.30, 185.07)
"""What face-api 1.7.15 itself finds, run in Node on the same pixels, with a score of 0.86306. It rounds the height of
the scaled picture, 236.66, before it goes back, so its box is 0.1 % less high than its network says."""


def test_faces_in_photos(assets: Path, faces: Project) -> None:
    """The same as face-api found, in our copy of the photo, which was pressed once more; and beside grey, where the
    picture is padded."""
    (face,) = json.loads((assets / "reference" / "faceapi.json").read_text())["images"]["astronaut.png"]["faces"]
    left, top, width, height = face["box"]
    expected = (left, top, left + width, top + height)
    photo = resources() / "samples" / "astronaut.jpg"
    (seen,) = found(Detect(faces, PictureFile(str(photo))))
    assert seen.label == "face"
    assert iou(seen.box, expected) > 0.98
    assert abs(seen.probability - face["score"]) < 0.01
    with Image.open(photo, formats=("JPEG",)) as image:
        wide = Image.new("RGB", (900, 512), "gray")
        wide.paste(image, (300, 0))
    (seen,) = found(Detect(faces, Pixels(np.array(wide))))
    assert seen.box == pytest.approx(PADDED, abs=0.5)
    assert seen.probability == pytest.approx(0.86306, abs=0.003)
    for name in ("dog.jpg", "horses.jpg"):
        assert found(Detect(faces, PictureFile(str(assets / "images" / name)))) == []


def test_the_face_detector_as_onnx(faces: Project, tmp_path: Path) -> None:
    """A head without classes is written and read back."""
    assert main(["convert", "face-detector", str(tmp_path / "faces.onnx")]) == 0
    back = opened(tmp_path / "faces.onnx")
    x = torch.rand(1, 3, 416, 416, generator=torch.manual_seed(1))
    expected, found = (Program(one.network, tensors.read(one.weights)).run(x)[0] for one in (faces, back))
    assert abs(found - expected).max() < 1e-4


def test_the_model_has_its_own_marks(faces: Project) -> None:
    """Score .5 and overlap .4, unless others are asked for."""
    source = PictureFile(str(resources() / "samples" / "astronaut.jpg"))
    alone = found(Detect(faces, source))
    assert alone == found(Detect(faces, source, least=0.5, overlap=0.4))
    few, more = (found(Detect(faces, source, least=0.001, overlap=overlap)) for overlap in (0.4, 0.45))
    assert 1 < len(few) < len(more)
    lower = replace(faces, recipe=replace(faces.recipe, least=0.001))
    assert found(Detect(lower, source)) == few


@pytest.fixture
def photo(tmp_path: Path) -> Pixels:
    return Pixels(np.random.default_rng(1).integers(0, 256, (60, 90, 3), dtype=np.uint8))


def two_heads(side: int = 32) -> Network:
    nodes = [
        Node("in", Input(3, side, side)), Node("conv", Conv2d(8, 3, 4, 1), ("in",)),
        Node("a", Conv2d(2 * 7, 1), ("conv",)), Node("head", Yolo(((4.0, 4.0), (9.0, 7.0)), 2), ("a",)),
        Node("b", Conv2d(8, 3, 2, 1), ("conv",)), Node("other", Yolo(((20.0, 20.0),), 3), ("b",)),
    ]  # fmt: skip
    return Network({node.id: node for node in nodes})


def test_a_network_with_two_ends(photo: Pixels) -> None:
    """Every layer can be looked at, and boxes are the answer to what the network sees."""
    project = Project(two_heads(), recipe=Recipe(labels=("cat", "dog")))
    for id in project.network.nodes:
        *_, (maps,) = look(Look(project, photo, (id,)))
        assert maps.node == id
    *_, seen = answer(Predict(project, photo))
    assert list(seen.top) == found(Detect(project, photo))
    *_, everything = detect(Detect(project, photo, count=10_000, least=0.0, overlap=1.0))
    assert len(everything.top) == 8 * 8 * 2 * 2 + 4 * 4 * 3
    assert everything.untrained == ("conv", "a", "b")
    assert {d.label for d in everything.top} == {"cat", "dog", "class 2"}
    assert found(Detect(project, photo, count=3, least=0.0, overlap=1.0)) == list(everything.top[:3])
    some = found(Detect(project, photo, least=0.0, overlap=0.3))
    assert 0 < len(some) < len(everything.top)
    assert set(some) <= set(everything.top)


def test_boxes_find_back_to_the_picture() -> None:
    """A crop of the picture's middle is undone: a box of one cell lies where that cell's pixels came from."""
    network = Network({"in": Node("in", Input(6, 4, 4)), "head": Node("head", Yolo(((1.0, 1.0),), 1), ("in",))})
    conv = Node("to six", Conv2d(6, 1), ("rgb",))
    nodes = {
        "rgb": Node("rgb", Input(3, 4, 4)),
        "to six": conv,
        "head": Node("head", network.nodes["head"].layer, ("to six",)),
    }
    project = Project(Network(nodes), recipe=Recipe(crop=0.5))
    pixels = np.zeros((40, 80, 3), np.uint8)
    boxes = [d.box for d in found(Detect(project, Pixels(pixels), least=0.0, overlap=1.0))]
    assert len(boxes) == 16
    middles = sorted({((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in boxes})
    (first_x, first_y), (last_x, last_y) = middles[0], middles[-1]
    # black pixels put the same in each cell; 4×4 cells lie on the middle 20×20 pixels, 5 pixels each
    assert (last_x - first_x, last_y - first_y) == pytest.approx((15, 15))
    assert 30 <= first_x < 35
    assert 10 <= first_y < 15
    whole = Project(Network(nodes))
    stretched = sorted((d.box[0] + d.box[2]) / 2 for d in found(Detect(whole, Pixels(pixels), least=0, overlap=1)))
    assert stretched[-1] - stretched[0] == pytest.approx(60)


def test_no_head_no_boxes(small: Path, photo: Pixels, capsys, assets: Path) -> None:  # noqa: F811
    with pytest.raises(ProgramError, match="has no head that finds boxes"):
        list(detect(Detect(project_file.read(small), photo)))
    assert main(["detect", str(small), str(assets / "images" / "dog.jpg")]) == 1
    assert "has no head" in capsys.readouterr().err
    assert main(["detect", str(small), "none.jpg"]) == 1
    assert "none.jpg" in capsys.readouterr().err


def test_a_head_without_its_channels_is_left_out(photo: Pixels) -> None:
    network = two_heads().with_settings("other", classes=5)
    assert found(Detect(Project(network), photo, least=0.0))
    with pytest.raises(ProgramError, match=r"head: needs 2·\(5 \+ 5\) = 20 channels, got 14"):
        list(answer(Predict(Project(network.with_settings("head", classes=5)), photo)))
