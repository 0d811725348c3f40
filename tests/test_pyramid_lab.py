"""P-Net on a pyramid: its numbers against windows that were cut out, its boxes against the cascade's, and the lab."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from safetensors import safe_open
from torch.nn import functional as F

from explorer.engine import library
from explorer.engine.answers import answer
from explorer.engine.lab_questions import SlidePyramid
from explorer.engine.library import LibraryError
from explorer.engine.library_questions import Cache, GetModel, Models
from explorer.engine.pyramid import macs, sliding
from explorer.engine.questions import Detect, Pixels
from explorer.formats import tensors
from explorer.maths.cascade import averaged, summed
from explorer.maths.lab_records import Pyramid
from explorer.maths.pyramid import Field, Slid, of_all_sizes, of_one_size, window_of, worked_scale, worked_sides
from explorer.maths.resources import resources
from explorer.network.network import Network
from explorer.network.project import Project
from explorer.ui.labs.pyramid import PyramidLab, Sizes
from explorer.workspace.library import LANE as LIBRARY
from tests.labs import CTRL, press, shown
from tests.test_cascade import faces, mtcnn_cache  # noqa: F401

FIELD = Field(12, 2)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """The astronaut's head, 200 × 180 pixels, so that widths and heights differ and some are odd."""
    with Image.open(resources() / "samples" / "astronaut.jpg", formats=("JPEG",)) as image:
        return np.array(image.crop((130, 20, 330, 200)))


def slid(pixels: np.ndarray, **settings) -> Pyramid:
    *_, found = answer(SlidePyramid(pixels, **settings))
    return found


def alone(project: Project, crop: torch.Tensor) -> np.ndarray:
    """P-Net's six numbers for one window (1, 3, 12, 12), in plain torch."""
    with safe_open(tensors.path(project.weights), "pt") as file:
        numbers = {name: file.get_tensor(name) for name in file.keys() if name.startswith("pnet.")}  # noqa: SIM118

    def learned(x: torch.Tensor, layer: int) -> torch.Tensor:
        y = F.conv2d(x, *(numbers[f"pnet.conv{layer}.{name}"] for name in ("weight", "bias")))
        return F.prelu(y, numbers[f"pnet.prelu{layer}.weight"])

    x = learned(learned(F.max_pool2d(learned(crop, 1), 2, ceil_mode=True), 2), 3)
    scores, sides = (
        F.conv2d(x, *(numbers[f"pnet.{part}.{name}"] for name in ("weight", "bias"))) for part in ("scores", "sides")
    )
    assert x.shape[2:] == (1, 1)
    return torch.cat((scores.softmax(1), sides), 1)[0, :, 0, 0].numpy()


def test_each_number_is_that_of_its_own_window(faces: Project, photo: np.ndarray) -> None:  # noqa: F811
    """Every window of a small size and some of a large one, cut out and run alone; the last may hang over the edge."""
    found = slid(photo)
    sums = summed(photo)
    assert [size.size for size in found.sizes[:2]] == [(108, 120), (76, 85)]
    for number, step in ((1, 7), (4, 1)):
        size = found.sizes[number]
        small = averaged(sums, *size.size)  # [H, W, 3]
        x = torch.from_numpy(((small - 127.5) / 128).astype(np.float32)).permute(2, 0, 1)[None]
        rows, columns = size.numbers.shape[1:]
        assert (rows, columns) == tuple(-(-(side - 12) // 2) + 1 for side in size.size)
        for row in range(0, rows, step):
            for column in range(0, columns, step):
                crop = x[..., 2 * row : 2 * row + 12, 2 * column : 2 * column + 12]
                np.testing.assert_allclose(size.numbers[:, row, column], alone(faces, crop), atol=1e-5)


def test_its_boxes_are_the_cascade_s(faces: Project, photo: np.ndarray) -> None:  # noqa: F811
    """P-Net alone, run as a detector, finds what all sizes leave; also with other settings."""
    first = Network({id: node for id, node in faces.network.nodes.items() if id.startswith("pnet.")})
    edge = np.array([199, 179, 199, 179])
    for settings in ({}, {"smallest": 33, "factor": 0.6, "least": 0.4, "within": 0.3, "overlap": 0.5}):
        own = replace(faces, network=first.with_settings("pnet.boxes", **settings))
        *_, seen = answer(Detect(own, Pixels(photo), count=5000))
        boxes, chances = slid(photo, **settings).together.left
        assert len(boxes) > 10
        np.testing.assert_allclose(np.clip(boxes, 0, edge), [guess.box for guess in seen.top], atol=1e-9)
        np.testing.assert_allclose(chances, [guess.probability for guess in seen.top], atol=1e-7)


def test_what_is_saved_is_counted(faces: Project, photo: np.ndarray) -> None:  # noqa: F811
    """By hand: 3·9·10 for a place of the first convolution, 10·9·16, 16·9·32 and 32·6 for those behind the pooling."""

    def passes(height: int, width: int) -> int:
        high, wide = (-(-(side - 2) // 2) for side in (height, width))
        first = (height - 2) * (width - 2) * 270
        return first + (high - 2) * (wide - 2) * 1440 + (high - 4) * (wide - 4) * (4608 + 192)

    found = slid(photo)
    assert found.window_macs == 44_760 == passes(12, 12)
    assert found.macs == tuple(passes(*size.size) for size in found.sizes)
    assert found.windows == tuple(size.numbers[0].size for size in found.sizes)
    assert macs(sliding(faces, "cpu").network, 13, 12) == passes(13, 12)
    assert sum(found.windows) * found.window_macs > 5 * sum(found.macs)


def test_other_thresholds_take_the_same_numbers(faces: Project, photo: np.ndarray) -> None:  # noqa: F811
    first, second = slid(photo), slid(photo, least=0.9)
    assert second.sizes is first.sizes
    assert len(second.together.boxes) < len(first.together.boxes)
    assert slid(photo[:, :-1]).sizes is not first.sizes
    assert slid(photo[:8, :8]).sizes == ()


def test_nothing_is_fetched_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    with pytest.raises(LibraryError, match="MTCNN is not here: get it first"):
        slid(np.zeros((40, 40, 3), np.uint8))
    assert list(tmp_path.rglob("*.lz4")) == []


def made(scale: float, size: tuple[int, int], seed: int) -> Slid:
    """Chances and sides by chance."""
    cells = tuple(-(-(side - 12) // 2) + 1 for side in size)
    return Slid(scale, size, np.random.default_rng(seed).random((6, *cells)).astype(np.float32))


def test_formulas_are_what_the_boxes_are() -> None:
    one = made(0.3, (30, 21), 1)
    boxes = of_one_size(one, FIELD, 0.0, 1.0)
    row, column = 3, 4
    place = int(np.flatnonzero(boxes.chances == one.numbers[1, row, column])[0])
    sides = worked_sides(one, row, column, FIELD)
    assert [float(side) for side in sides.values()] == pytest.approx(boxes.boxes[place], rel=1e-6)
    assert sides["left"].formula == "(k·c + 1 + t_left·(w − 1)) / s"
    assert sides["bottom"].numbers.startswith("(2·3 + 12 + ")
    assert float(worked_scale(20, 0.709, 3, FIELD)) == pytest.approx(0.6 * 0.709**3)
    assert worked_scale(20, 0.709, 3, FIELD).formula == "(w / m)·f^i"
    assert worked_scale(20, 0.709, 0, FIELD).formula == "w / m"
    assert window_of(3, 4, 0.5, FIELD) == (16, 12, 40, 36)
    assert of_all_sizes((), 0.7).boxes.shape == (0, 4)


# The lab


def pyramid(least: float = 0.6) -> Pyramid:
    """Three sizes of a picture of 60 × 42 pixels, the surest window in row 2, column 5 of the second."""
    sizes = tuple(made(0.6 * 0.7**i, size, i) for i, size in enumerate(((25, 36), (17, 25), (12, 17))))
    sizes[1].numbers[1, 2, 5] = 1.0
    found = tuple(of_one_size(size, FIELD, least, 0.5) for size in sizes)
    return Pyramid(FIELD, sizes, found, of_all_sizes(found, 0.7), (900, 500, 250), 40, 7.0)


@pytest.fixture
def lab(qtbot) -> PyramidLab:
    lab = shown(qtbot, PyramidLab)
    lab.session.show_models(library.cards())
    return lab


def test_it_begins_where_p_net_is_surest(lab) -> None:
    assert lab.heading.text() == ""
    lab.work.answered.emit(pyramid())
    assert (lab.place, lab.cell) == (1, (2, 5))
    assert lab.heading.text() == "Size 1: 25 × 17 pixels"
    assert lab.said.text().startswith("Row 2, column 5: a window of 29 × 29 pixels")
    assert lab.said.text().endswith("1.0000, which makes it a box.")
    assert lab.map.mark == (5, 2, 6, 3)
    assert lab.sheet.mark == pytest.approx((10 / 0.42, 4 / 0.42, 22 / 0.42, 16 / 0.42))
    assert [row.name for row in lab.formulas.rows] == ["s", "across", "down", "left", "top", "right", "bottom"]
    assert lab.formulas.rows[1].value == 8
    rows = lab.table.texts()
    assert [row[0] for row in rows] == ["0", "1 ◂", "2", "all"]
    assert rows[1][2:4] == ["25×17", "32"]
    assert lab.cost.texts() == [
        ["each window cut out", "140", "5,600"], ["one pass for each size", "3", "1,650"],
    ]  # fmt: skip
    assert "3.4 times" in lab.honest.text()


def test_arrows_pages_and_mouse_go_from_window_to_window(lab) -> None:
    lab.work.answered.emit(pyramid())
    press(lab, Qt.Key.Key_Right)
    press(lab, Qt.Key.Key_Up)
    assert lab.cell == (1, 6)
    press(lab, Qt.Key.Key_Left, CTRL)
    assert lab.cell == (1, 1)
    press(lab, Qt.Key.Key_Left, CTRL)
    assert lab.cell == (1, 0), "not beyond the edge"
    press(lab, Qt.Key.Key_PageUp)
    assert lab.place == 0
    assert lab.strip.place == 0
    at = lab.map.on_widget(8.5, 3.5).toPoint()
    QTest.mouseMove(lab.map, at)
    assert "Row 3, column 8" in lab.said.text()
    assert lab.cell != (3, 8)
    QTest.mouseMove(lab.map, QPoint(1, 1))
    assert "Row 3, column 8" not in lab.said.text(), "what was only pointed at is left with the mouse"
    QTest.mouseClick(lab.map, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert lab.cell == (3, 8)
    middle = [(a + b) / 2 for a, b in zip(lab.sheet.mark[:2], lab.sheet.mark[2:], strict=True)]
    press(lab, Qt.Key.Key_PageDown)
    now = [(a + b) / 2 for a, b in zip(lab.sheet.mark[:2], lab.sheet.mark[2:], strict=True)]
    assert np.abs(np.array(now) - middle).max() <= 1 / 0.42 + 1e-6, "it stays where it is, as nearly as it can"
    picture, _ = lab.strip.places()[2]
    QTest.mouseClick(lab.strip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, picture.center().toPoint())
    assert lab.place == 2
    lab.strip.setFocus()
    press(lab, Qt.Key.Key_Left)
    assert lab.place == 1
    press(lab, Qt.Key.Key_Right, times=4)
    assert lab.place == 2


def test_it_comes_back_to_the_size_and_window_one_looked_at(lab) -> None:
    """Faces from 400 pixels on left one size or none, and with that undone the first size was shown, not this one."""
    whole = pyramid()
    for fewer in (whole.sizes[:1], ()):
        lab.work.answered.emit(whole)
        lab.show_size(2)
        press(lab, Qt.Key.Key_Right)
        before, heading = (lab.place, lab.cell, lab.sheet.mark), lab.heading.text()
        few = tuple(of_one_size(size, FIELD, 0.6, 0.5) for size in fewer)
        together = of_all_sizes(few, 0.7) if few else whole.together
        lab.work.answered.emit(Pyramid(FIELD, fewer, few, together, (900,), 40, 7.0))
        lab.work.answered.emit(whole)
        assert (lab.place, lab.cell, lab.sheet.mark) == before
        assert lab.heading.text() == heading


def test_boxes_of_one_size_and_of_all(lab) -> None:
    found = pyramid()
    lab.work.answered.emit(found)
    assert len(lab.sheet.left) == int(found.found[1].kept.sum())
    assert len(lab.sheet.left) + len(lab.sheet.dropped) == len(found.found[1].boxes)
    lab.every.click()
    assert len(lab.sheet.left) == int(found.together.kept.sum())
    assert lab.boxes.text().startswith(f"All sizes together: {len(found.together.boxes)} boxes come from the sizes, ")
    press(lab, Qt.Key.Key_Z, CTRL)
    assert not lab.every.isChecked()


def test_settings_ask_the_worker_and_are_undone(lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without MTCNN nothing is asked but to get it."""
    asked = []
    monkeypatch.setattr(lab.session, "ask", lambda lane, question, show, text: asked.append(question))
    cards = [replace(card, installed=False) for card in library.cards()]
    lab.session.show_models(tuple(cards))
    lab.edit(replace(lab.value, least=0.5))
    assert asked == []
    assert lab.get.isVisible()
    assert "not on this computer yet: 1.9 MB from the Python package index, Python package mtcnn" in lab.missing.text()
    assert all(card.sha256[:32] in lab.missing.text() for card in cards if card.name == "mtcnn")
    lab.get.click()
    assert asked == [GetModel("mtcnn")]
    monkeypatch.setattr(lab.session.worker, "ask", lambda lane, question, *rest: asked.append(question))
    lab.session.work_changed.emit(LIBRARY, None)  # it has come, and nobody has seen the library yet
    assert asked[1:] == [Models(), Cache()]
    del asked[1:]
    lab.session.show_models(tuple(replace(card, installed=True) for card in cards))
    assert not lab.get.isVisible()
    assert (asked[1].least, asked[1].pixels.shape) == (0.5, (512, 512, 3))
    lab.least.number.setValue(0.7)
    lab.least.number.setValue(0.8)
    press(lab, Qt.Key.Key_Z, CTRL)
    assert [question.least for question in asked[1:]] == [0.5, 0.7, 0.8, 0.5], "one step back, however often it moved"
    lab.edit(replace(lab.value, sizes=Sizes(smallest=40)))
    assert asked[-1].smallest == 40
    lab.pictures.setCurrentText("cat")
    assert asked[-1].pixels.shape == (300, 451, 3)


def test_a_picture_too_small_for_any_window(lab) -> None:
    empty = of_all_sizes((), 0.7)
    lab.work.answered.emit(Pyramid(FIELD, (), (), empty, (), 40, 1.0))
    assert "No face from that size on fits" in lab.heading.text()
    assert lab.sheet.mark is None
    press(lab, Qt.Key.Key_PageDown)
    press(lab, Qt.Key.Key_Right)


def test_it_is_exported(lab, tmp_path: Path) -> None:
    lab.work.answered.emit(pyramid())
    lab.export(str(tmp_path / "lab.png"))
    lab.export(str(tmp_path / "lab.svg"))
    with Image.open(tmp_path / "lab.png") as image:
        assert len(image.getcolors(1 << 20)) > 200
    assert b"<svg" in (tmp_path / "lab.svg").read_bytes()
