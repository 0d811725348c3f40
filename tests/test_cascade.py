"""A cascade of detectors: each step by itself, and MTCNN as TensorFlow runs it."""

from __future__ import annotations

import io
import json
import struct
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtGui import QImage

from explorer.classics.faces import mtcnn
from explorer.cli.commands import main
from explorer.engine import library
from explorer.engine.answers import answer
from explorer.engine.detecting import detect
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Detect, Look, PictureFile, Pixels, Predict, Watch
from explorer.engine.trained import ReadingError
from explorer.formats import project_file, project_json, tensors
from explorer.formats.detections import Sighting, as_coco
from explorer.formats.joblib_arrays import arrays
from explorer.formats.lz4_frames import unpacked
from explorer.maths.boxes import area, iou, overlap
from explorer.maths.cascade import averaged, patches, placed, proposed, scales, squared, summed, unrivalled
from explorer.maths.records import Guess
from explorer.maths.resources import resources
from explorer.network.analysis import analyse, totals
from explorer.network.network import Network
from explorer.network.project import Project, Recipe
from explorer.ui.pictures.boxes_view import BoxesView
from explorer.ui.pictures.class_colours import class_colour
from explorer.ui.pictures.thing_shapes import landmarks

ASTRONAUT = resources() / "samples" / "astronaut.jpg"


@pytest.fixture(scope="session")
def mtcnn_cache(request: pytest.FixtureRequest) -> Path:
    """A cache folder with MTCNN's three files, fetched through pip once."""
    folder = request.config.cache.mkdir("cnn-explorer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_EXPLORER_CACHE", str(folder))
        for _ in library.get("mtcnn"):
            pass
    return folder


@pytest.fixture
def faces(mtcnn_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(mtcnn_cache))
    *_, project = library.open_model("mtcnn")
    assert isinstance(project, Project)
    return project


def found(question: Detect) -> list[Guess]:
    *_, answered = answer(question)
    return list(answered.top)


# MTCNN, against TensorFlow


def test_each_network_puts_out_tensorflow_s_numbers(assets: Path, faces: Project) -> None:
    raw = np.load(assets / "reference" / "mtcnn_raw.npz")
    program = Program(faces.network, tensors.read(faces.weights))
    assert totals(program.facts).parameters == library.entry("mtcnn").card.parameters == 6_632 + 100_178 + 389_040
    for letter, parts in (("p", "cls reg"), ("r", "cls reg"), ("o", "cls reg lmk")):
        x = torch.from_numpy(raw[f"x_{letter}"]).movedim(3, 1)
        y = program.values(x, [f"{letter}net.boxes"])[f"{letter}net.boxes"]
        expected = np.concatenate([raw[f"{letter}_{part}"] for part in parts.split()], -1)
        assert abs(y.movedim(1, -1).numpy() - expected).max() < 1e-6


def test_faces_and_landmarks_are_mtcnn_s(assets: Path, faces: Project) -> None:
    """The astronaut in our copy of the photo, which was pressed once more; nobody in two others."""
    images = json.loads((assets / "reference" / "mtcnn.json").read_text())["images"]
    (face,) = images["astronaut.png"]["faces"]
    (seen,) = found(Detect(faces, PictureFile(str(ASTRONAUT))))
    assert seen.label == "face"
    assert seen.box == pytest.approx(face["box_xyxy"], abs=1.5)
    assert seen.probability == pytest.approx(face["confidence"], abs=0.002)
    names = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
    for point, name in zip(seen.points, names, strict=True):
        assert point == pytest.approx(face["keypoints"][name], abs=1.5)
    for name in ("dog.jpg", "person.jpg"):
        assert images[name]["faces"] == []
        assert found(Detect(faces, PictureFile(str(assets / "images" / name)))) == []


def test_a_frame_of_a_video_and_what_its_nodes_put_out(faces: Project) -> None:
    with Image.open(ASTRONAUT, formats=("JPEG",)) as image:
        frame = Pixels(np.array(image.crop((100, 20, 400, 300))))
    *_, seen = answer(Watch(project_json.dumped(faces), frame, ("pnet.chances",)))
    assert list(seen.prediction.top) == found(Detect(faces, frame))
    assert len(seen.prediction.top) == 1
    *_, (alone,) = answer(Look(faces, frame, ("pnet.chances",)))
    assert np.array_equal(seen.maps[0].tiles, alone.tiles)
    *_, predicted = answer(Predict(faces, frame))
    assert predicted.top == seen.prediction.top


def test_settings_of_stages(faces: Project) -> None:
    source, network = PictureFile(str(ASTRONAUT)), faces.network
    (alone,) = found(Detect(faces, source))
    assert found(Detect(faces, source, least=0.9995)) == []
    assert found(Detect(replace(faces, network=network.with_settings("onet.boxes", least=0.9995)), source)) == []
    loose = replace(faces, network=network.with_settings("rnet.boxes", overlap=1.0))
    many = found(Detect(loose, source, overlap=1.0, suppression="IoU"))
    assert len(many) > 1
    assert all(iou(guess.box, alone.box) > 0.6 for guess in many)
    assert found(Detect(replace(faces, network=network.with_settings("pnet.boxes", smallest=400)), source)) == []
    first = Network({id: node for id, node in network.nodes.items() if id.startswith("pnet.")})
    proposals = found(Detect(replace(faces, network=first), source))
    assert len(proposals) > 20
    assert max(iou(guess.box, alone.box) for guess in proposals) > 0.6
    without = faces.with_factors("pnet.prelu3", dict.fromkeys(range(32), 0.0))
    assert found(Detect(without, source)) == []


def test_as_a_command(faces: Project, tmp_path: Path, capsys) -> None:
    assert main(["detect", "mtcnn", str(ASTRONAUT), "--json"]) == 0
    (face,) = json.loads(capsys.readouterr().out)["detections"]
    assert set(face) == {"label", "index", "score", "box", "landmarks"}
    left, top, right, bottom = face["box"]
    assert len(face["landmarks"]) == 5
    assert all(left < x < right and top < y < bottom for x, y in face["landmarks"])
    project_file.write(tmp_path / "faces.cnnx", faces)  # a project like any other
    assert main(["detect", str(tmp_path / "faces.cnnx"), str(ASTRONAUT), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["detections"] == [face]
    assert main(["detect", "mtcnn", str(ASTRONAUT), "--nms", "diou"]) == 1
    assert "drops boxes by their overlap" in capsys.readouterr().err


def test_random_weights_and_what_is_no_cascade() -> None:
    noise = Pixels(np.random.default_rng(1).integers(0, 256, (90, 70, 3), dtype=np.uint8))
    project = Project(mtcnn(), recipe=Recipe(0.0, (0.5,), (0.5,)))
    *_, seen = detect(Detect(project, noise, least=0.0))
    assert "onet.fc5" in seen.untrained
    later = Network({id: node for id, node in project.network.nodes.items() if not id.startswith("pnet.")})
    with pytest.raises(ProgramError, match="has no beginning: add Proposals"):
        list(detect(Detect(Project(later), noise)))
    grey = project.network.with_settings("pnet.input", channels=1)
    with pytest.raises(ProgramError, match=r"pnet\.input needs 3 channels, and has 1"):
        list(detect(Detect(Project(grey), noise)))
    wrong = project.network.with_settings("rnet.boxes", landmarks=5)
    assert "needs a vector of 2 + 4 + 2·5 = 16 numbers, got 6" in analyse(wrong)["rnet.boxes"].problem
    with pytest.raises(ProgramError, match=r"rnet\.boxes: needs a vector"):
        list(detect(Detect(Project(wrong, recipe=project.recipe), noise)))
    tiny = Pixels(np.zeros((5, 5, 3), np.uint8))
    *_, nothing = detect(Detect(project, tiny))
    assert nothing.top == ()


# Step by step


def test_sizes_of_a_picture() -> None:
    """The package's own words: 12 / 20 · 0.709ⁱ, until the shorter side has about 12 pixels."""
    assert scales((512, 512), 12, 20, 0.709) == pytest.approx([0.6 * 0.709**i for i in range(10)])
    assert scales((12, 300), 12, 20, 0.709) == []
    assert scales((5, 5), 12, 20, 0.709) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_averages_count_parts_of_pixels(high: int, wide: int, data) -> None:
    height, width = data.draw(st.integers(1, high)), data.draw(st.integers(1, wide))
    pixels = np.random.default_rng(high * 100 + wide).integers(0, 256, (high, wide, 3), dtype=np.uint8)

    def shares(size: int, count: int) -> np.ndarray:
        ends = np.arange(count + 1) * size / count
        low, high = np.maximum(ends[:-1, None], np.arange(size)), np.minimum(ends[1:, None], np.arange(size) + 1)
        return np.maximum(high - low, 0) * count / size

    expected = np.einsum("ih,jw,hwc->ijc", shares(high, height), shares(wide, width), pixels.astype(float))
    assert averaged(summed(pixels), height, width) == pytest.approx(expected, abs=1e-6)


def test_averages_of_a_wide_picture() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 2000, 3), dtype=np.uint8)
    expected = pixels.reshape(10, 4, 500, 4, 3).mean((1, 3))
    assert averaged(summed(pixels), 10, 500) == pytest.approx(expected)


def test_patches_are_tensorflow_s() -> None:
    """crop_and_resize: a corner at x of W pixels lies at x · (W − 1) / W; grey beyond the outermost pixels' middles."""
    pixels = np.random.default_rng(2).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    boxes = np.array([(3.0, 4.0, 17.5, 12.0), (-6.0, 2.0, 9.0, 25.0)])
    cut = patches(pixels, boxes, 5, 7)
    for (left, top, right, bottom), patch in zip(boxes, cut, strict=True):
        for i, j in product(range(5), range(7)):
            y, x = (top + (bottom - top) * i / 4) * 19 / 20, (left + (right - left) * j / 6) * 29 / 30
            if 0 <= y <= 19 and 0 <= x <= 29:
                rows, columns = [int(y), min(int(y) + 1, 19)], [int(x), min(int(x) + 1, 29)]
                four = pixels[rows][:, columns].astype(float)
                dy, dx = y - int(y), x - int(x)
                expected = np.einsum("i,j,ijc->c", [1 - dy, dy], [1 - dx, dx], four)
            else:
                expected = np.full(3, 127.5)
            assert patch[i, j] == pytest.approx(expected, abs=1e-3)


def test_proposals_by_hand() -> None:
    """A unit in row 2, column 3 sees pixels 6 to 18 across; its sides move in parts of 11 pixels."""
    numbers = np.zeros((6, 4, 5))
    numbers[1, 2, 3], numbers[2:, 2, 3] = 0.7, (0.1, -0.1, 0.0, 0.5)
    numbers[1, 0, 0] = 0.9
    boxes, chances = proposed(numbers, 0.6, 12, 2)
    assert chances.tolist() == [0.9, 0.7]
    assert boxes[0].tolist() == [1, 1, 12, 12]
    assert boxes[1] == pytest.approx([7 + 1.1, 5 - 1.1, 18, 16 + 5.5])
    assert squared(np.array([[2.0, 4.0, 6.0, 20.0]])).tolist() == [[-4, 4, 12, 20]]
    points = placed(np.array([[10.0, 20.0, 19.0, 39.0]]), np.array([[0.5, 0.0, 0.5, 1.0]]))
    assert points.tolist() == [[[14, 29], [9, 39]]]


sides = st.integers(0, 8)
rows = st.lists(st.tuples(sides, sides, st.integers(1, 8), st.integers(1, 8)), max_size=25)


@settings(max_examples=100, deadline=None)
@given(rows, st.sampled_from([0.2, 0.5, 1.0]), st.sampled_from(["both", "smaller"]), st.integers(1, 30))
def test_a_better_box_drops_those_it_overlaps(drawn, limit: float, share: str, block: int) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in drawn], float).reshape(-1, 4)

    def shared(a: np.ndarray, b: np.ndarray) -> float:
        a, b = tuple(a), tuple(b)
        return float(iou(a, b)) if share == "both" else area(overlap(a, b)) / min(area(a), area(b))

    expected = [not any(shared(boxes[j], boxes[i]) > limit for j in range(i)) for i in range(len(boxes))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.maths.cascade.ROWS", block)
        assert unrivalled(boxes, limit, share).tolist() == expected


# The files


def frame(*blocks: bytes, flags: int = 0x40) -> bytes:
    """An LZ4 frame; a block is squeezed where its first bit says so by its length."""
    sized = b"".join(struct.pack("<I", len(block)) + block for block in blocks)
    return b"\x04\x22\x4d\x18" + bytes([flags, 0x40, 0]) + sized + bytes(4)


def test_lz4_by_hand() -> None:
    """Source of the blocks: the format's own description."""
    assert unpacked(frame(b"\x50hello"), 99) == b"hello"
    assert unpacked(frame(b"\x11a\x01\x00\x10!"), 99) == b"aaaaaa!"  # a copy of what it writes itself
    assert unpacked(frame(b"\x1fa\x01\x00\x05\x10!"), 99) == b"a" * 25 + b"!"
    assert unpacked(frame(b"\xf0\x01" + bytes(range(16))), 99) == bytes(range(16))
    assert unpacked(frame(b"\x40abcd", b"\x00\x04\x00\x10!"), 99) == b"abcdabcd!"  # back into the block before
    stored = b"\x04\x22\x4d\x18\x40\x40\x00" + struct.pack("<I", 3 | 1 << 31) + b"xyz" + bytes(4)
    assert unpacked(stored, 99) == b"xyz"
    for wrong, why in (
        (b"PK\x03\x04" + bytes(20), "no LZ4 frame"), (frame(b"\x50hello", flags=0x41), "no LZ4 frame"),
        (frame(b"\x50hello")[:-9], "cut"), (frame(b"\x11a\x02\x00\x10!"), "damaged"), (b"\x04\x22\x4d", "damaged"),
        (frame(b"\x1fa\x01\x00" + b"\xff" * 50), "damaged"), (frame(b"\x1fa\x01\x00\xfe\x10!"), "damaged"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=why):
            unpacked(wrong, 99)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_lz4_block_is_bytes_or_refused(block: bytes) -> None:
    with suppress(ValueError):
        assert len(unpacked(frame(block), 500)) <= 500


def test_arrays_that_joblib_wrote(tmp_path: Path) -> None:
    written = [np.random.default_rng(0).random(shape).astype(np.float32) for shape in ((3, 3, 2, 4), (4,), (7, 1))]
    joblib.dump(written, tmp_path / "a")
    data = (tmp_path / "a").read_bytes()
    read = arrays(data, [one.shape for one in written])
    assert all(np.array_equal(a, b) for a, b in zip(read, written, strict=True))
    for shapes in ([(3, 3, 2, 4)], [(3, 3, 2, 4), (4,), (7, 1), (2,)], [(5000,)]):
        with pytest.raises(ValueError, match=r"has more than 1 arrays|has 3 arrays, not 4|is cut off"):
            arrays(data, shapes)


def test_files_that_are_not_mtcnn_s() -> None:
    trained = library.entry("mtcnn").trained
    other = io.BytesIO()
    joblib.dump([np.zeros((2, 2), np.float32)], other)
    for data in (b"", b"\x04\x22\x4d\x18", frame(b"\x50hello"), other.getvalue()):
        with pytest.raises(ReadingError, match="do not hold its numbers"):
            trained.read(data, data, data)


# What is shown


def test_landmarks_are_drawn_and_written(qtbot) -> None:
    guess = Guess("face", 0, 0.9, (20.0, 20.0, 60.0, 80.0), ((30.0, 40.0), (50.0, 40.0)))
    view = BoxesView()
    qtbot.addWidget(view)
    view.show_image(QImage(100, 100, QImage.Format.Format_RGB32))
    view.show_guesses([guess], 100)
    drawn = view.annotated()
    for x, y in guess.points:
        assert drawn.pixelColor(int(x), int(y)).name() == class_colour(0).name()
    view.resize(400, 400)
    ((_, outline),) = view.outlines()
    for point, (x, y) in zip(landmarks(guess, outline), guess.points, strict=True):
        assert (point.x() - outline.left()) / outline.width() == pytest.approx((x - 20) / 40)
        assert (point.y() - outline.top()) / outline.height() == pytest.approx((y - 20) / 60)
    assert landmarks(Guess("cat", 1, 0.5), outline) == []
    (one,) = json.loads(as_coco([Sighting("a.jpg", 1, 0.0, (100, 100), (guess,))]))["annotations"]
    assert one["keypoints"] == [30, 40, 2, 50, 40, 2]
    assert one["num_keypoints"] == 2
