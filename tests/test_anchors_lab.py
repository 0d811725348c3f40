"""Anchors in one's hands: boxes as points, k on a curve."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.engine import anchor_search
from explorer.engine.anchor_search import read_shapes, search_anchors
from explorer.engine.lab_questions import ReadShapes, SearchAnchors
from explorer.maths.anchors import likeness, mean_iou, sample_shapes, worked_distance
from explorer.maths.lab_records import AnchorSearch, LabelShapes
from explorer.maths.label_shapes import label_shapes
from explorer.maths.labelled import Labelled, LabelledPicture, LabelSet
from explorer.maths.sentences import Refusal
from explorer.ui.labs.anchors import AnchorsLab, Boxes, Choice
from tests.label_files import write_coco, write_voc, write_yolo
from tests.labs import CTRL, LEFT, NONE, drag, press, shown


@pytest.fixture
def lab(qtbot, monkeypatch) -> AnchorsLab:
    """With the worker's answers computed here, at once."""
    lab = shown(qtbot, AnchorsLab)

    def answer(shapes: np.ndarray) -> None:
        for step in search_anchors(SearchAnchors(shapes)):
            if isinstance(step, AnchorSearch):
                lab.work.answered.emit(step)

    monkeypatch.setattr(lab.work, "search_anchors", answer)
    answer(lab.shapes)
    return lab


def test_more_anchors_fit_better(lab) -> None:
    assert sorted(lab.found) == list(range(1, 11))
    assert lab.fit.text() == f"k = 5: mean IoU {lab.found[5].mean_ious[-1]:.4f}"
    lab.curve.setFocus()
    press(lab, Qt.Key.Key_Left, times=3)
    assert lab.value.count == 2
    assert len(lab.anchors.texts()) == 2
    assert lab.found[2].mean_ious[-1] < lab.found[5].mean_ious[-1]
    assert sum(int(row[3]) for row in lab.anchors.texts()) == len(lab.shapes)
    QTest.mouseClick(lab.curve, LEFT, NONE, lab.curve.place(9, 0.5).toPoint())
    assert lab.value.count == 9
    lab.undo()  # choosing one after the other is one step
    assert lab.value == Choice()


def test_rounds_of_the_search_are_gone_through(lab) -> None:
    lab.edit(Choice(count=8))
    last = len(lab.found[8].rounds) - 1
    assert last > 0
    assert not lab.on.isEnabled()
    for _ in range(last):
        lab.back.click()
    assert lab.where.text() == f"0 of {last} rounds"
    assert not lab.back.isEnabled()
    assert f"{mean_iou(lab.shapes, lab.found[8].rounds[0]):.4f}" in lab.fit.text()
    lab.on.click()
    assert f"{mean_iou(lab.shapes, lab.found[8].rounds[1]):.4f}" in lab.fit.text()


def test_boxes_are_added_moved_and_removed(lab) -> None:
    count = len(lab.shapes)
    QTest.mouseClick(lab.plane, LEFT, NONE, lab.plane.on_widget(0.9, 0.8).toPoint())
    assert len(lab.shapes) == count + 1
    assert lab.shapes[-1] == pytest.approx((0.9, 0.8), abs=0.005)
    drag(lab.plane, (0.9, 0.8), (0.8, 0.8), (0.7, 0.9))
    assert lab.shapes[-1] == pytest.approx((0.7, 0.9), abs=0.005)
    assert lab.origin.text() == f"{count + 1} boxes, edited here."
    before = lab.shapes[-1].copy()
    press(lab, Qt.Key.Key_Up, CTRL, times=2)
    assert lab.shapes[-1] == pytest.approx(before - (0, 0.05))
    press(lab, Qt.Key.Key_Delete)
    assert np.array_equal(lab.shapes, sample_shapes())
    press(lab, Qt.Key.Key_Z, CTRL, times=4)
    assert lab.value == Choice()
    assert "made up" in lab.origin.text()


def test_a_box_never_vanishes_and_the_last_one_stays(lab) -> None:
    drag(lab.plane, tuple(lab.shapes[0]), (0.5, 0.5), (-1, -1))
    assert lab.shapes[0].tolist() == [0.01, 0.01]
    lab.edit(Choice(Boxes(np.array([[0.5, 0.5]]), "one"), 1))
    press(lab, Qt.Key.Key_Delete)
    assert lab.shapes.tolist() == [[0.5, 0.5]]
    assert lab.fit.text() == "k = 1: mean IoU 1.0000"


def test_the_distance_of_the_picked_box_is_worked_out(lab) -> None:
    QTest.mouseClick(lab.plane, LEFT, NONE, lab.plane.on_widget(*lab.shapes[3]).toPoint() + QPoint(1, 1))
    chosen = lab.plane.chosen
    distance = 1 - likeness(lab.shapes[chosen : chosen + 1], lab.found[5].rounds[-1]).max()
    assert lab.formulas.rows[1].value == pytest.approx(distance)
    assert worked_distance((2, 4), (4, 2))["distance"].numbers == "1 − 4 / (2·4 + 4·2 − 4)"
    assert float(worked_distance((2, 4), (4, 2))["distance"]) == pytest.approx(1 - 4 / 12)


PICTURES = (
    LabelledPicture("a.jpg", (Labelled("cat", (0, 0, 50, 100)), Labelled("dog", (20, 20, 120, 70))), (200, 100)),
    LabelledPicture("b.jpg", (Labelled("cat", (10, 20, 40, 80)),), (100, 100)),
)


@pytest.mark.parametrize("write", [write_coco, write_voc, write_yolo])
def test_boxes_come_from_labels_of_every_format(write, tmp_path) -> None:
    write(tmp_path, PICTURES, ["cat", "dog"])
    folder = tmp_path / {write_coco: "", write_voc: "Annotations", write_yolo: "labels"}[write]
    *_, found = read_shapes(ReadShapes(str(folder)))
    shares = [(0.25, 1.0), (0.5, 0.5), (0.3, 0.6)]
    np.testing.assert_allclose(sorted(found.shapes.tolist()), sorted(shares), atol=0.011)  # VOC's pixels count from 1
    assert (found.boxes, found.pictures) == (3, 2)


def test_of_many_boxes_some_are_drawn(tmp_path, monkeypatch, lab) -> None:
    random = np.random.default_rng(1)
    lines = [f"0 0.5 0.5 {wide:.4f} {high:.4f}" for wide, high in random.uniform(0.1, 0.9, (50, 2))]
    (tmp_path / "a.txt").write_text("\n".join(lines))
    monkeypatch.setattr(anchor_search, "MOST", 20)
    *_, found = read_shapes(ReadShapes(str(tmp_path)))
    assert found.shapes.shape == (20, 2)
    assert len(np.unique(found.shapes, axis=0)) == 20
    lab.reading.answered.emit(found)
    assert lab.origin.text() == f"20 boxes, drawn from 50 on 1 picture of {tmp_path.name}."


def test_crowds_and_boxes_without_inside_are_no_shapes() -> None:
    things = Labelled("cat", (0, 0, 4, 4)), Labelled("cat", (0, 0, 9, 9), crowd=True), Labelled("cat", (3, 3, 3, 8))
    labels = LabelSet((LabelledPicture("a", things, (10, 10)), LabelledPicture("b", things[:1])), ("cat",))
    assert label_shapes(labels).tolist() == [[0.4, 0.4], [1, 1]]


def test_a_folder_without_a_box_is_refused(tmp_path) -> None:
    with pytest.raises(Refusal, match="holds no labels"):
        list(read_shapes(ReadShapes(str(tmp_path))))
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(Refusal, match="holds no box: choose"):
        list(read_shapes(ReadShapes(str(tmp_path))))
    (tmp_path / "b.txt").write_text("zebra\n" * 100)
    with pytest.raises(Refusal, match=r"holds no box that can be read \(“b.txt” ") as refused:
        list(read_shapes(ReadShapes(str(tmp_path))))
    assert len(str(refused.value)) <= 300


def test_labels_take_the_place_of_the_boxes_and_undo_brings_them_back(lab) -> None:
    shapes = np.array([[0.2, 0.3], [0.4, 0.1], [0.3, 0.3]])
    lab.reading.answered.emit(LabelShapes("pets", shapes, 3, 2, ("“a.txt” is odd: write it anew", "b", "c")))
    assert lab.origin.text() == "3 boxes, on 2 pictures of pets."
    assert lab.faults.text() == "“a.txt” is odd: write it anew And 2 more."
    assert sorted(lab.found) == [1, 2, 3]
    assert lab.fit.text() == "k = 3: mean IoU 1.0000"
    lab.undo()
    assert lab.value == Choice()
    assert not lab.faults.text()


def test_a_clicker_begins_at_the_first_round(lab) -> None:
    """It found the last one there, and went to the next lab at once."""
    last = len(lab.found[5].rounds) - 1
    assert last > 0
    lab.page.present(True)
    assert lab.where.text() == f"0 of {last} rounds"
    for _ in range(last):
        assert lab.step_on(1)
    assert lab.where.text() == f"{last} of {last} rounds"
    assert not lab.step_on(1)
    lab.step_on(-1)
    lab.page.present(True)  # as where another page was looked at
    assert lab.where.text() == f"{last - 1} of {last} rounds"
    lab.page.present(False)
    assert lab.where.text() == f"{last} of {last} rounds"
