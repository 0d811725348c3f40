"""The R-CNN family taken apart and timed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt

from explorer.classics.stages import TRUNKS, Trunk
from explorer.engine.lab_questions import TimeStages
from explorer.engine.program import Program
from explorer.engine.stage_times import _boxes, _proposed, time_stages
from explorer.maths.lab_records import StageTimes
from explorer.maths.records import Progress
from explorer.maths.stages import worked_times
from explorer.network.analysis import analyse, totals
from explorer.ui import theme
from explorer.ui.labs.stages import LANE, Settings, StagesLab
from explorer.ui.pictures.time_bars import in_words
from tests.labs import CTRL, press, shown

TIMES = StageTimes(crop=20.0, maps=100.0, heads=4000.0, proposing=25.0, few_heads=600.0, one_shot=110.0, crops=40)


@pytest.mark.parametrize("trunk", TRUNKS.values(), ids=list(TRUNKS))
def test_the_parts_are_the_whole(trunk) -> None:
    """Convolutions and fully connected layers of the parts have all multiplications of the classifier."""
    whole, side = analyse(trunk.whole), analyse(trunk.whole)["input"].shape[1]
    parts = totals(analyse(trunk.maps(side))).macs + totals(analyse(trunk.head)).macs
    assert parts == totals(whole).macs
    assert analyse(trunk.maps(side))[trunk.end].shape == whole[trunk.end].shape
    assert not [
        f.problem
        for network in (trunk.proposing(448), trunk.one_shot(448))
        for f in analyse(network).values()
        if f.problem
    ]
    assert analyse(trunk.one_shot(448))["boxes"].shape[0] == 125
    assert analyse(trunk.proposing(448))["rpn_boxes"].shape[0] == 54


def test_head_on_pooled_maps_answers_as_the_whole() -> None:
    trunk = TRUNKS["AlexNet"]
    whole = Program(trunk.whole, {})
    weights = {f"{id}.{n}": t.numpy() for id in trunk.whole.nodes for n, t in whole.tensors(id).items()}
    image = torch.rand(1, 3, 224, 224)
    answer, kept = whole.run(image, [trunk.whole.nodes["flatten"].inputs[0]])
    (pooled,) = kept.values()
    assert tuple(pooled.shape[1:]) == trunk.window
    np.testing.assert_allclose(Program(trunk.head, weights).run(pooled)[0], answer, atol=1e-4)
    maps = Program(trunk.maps(224), weights).run(image)[0]
    np.testing.assert_allclose(maps, whole.values(image, [trunk.end])[trunk.end], atol=1e-4)


def test_regions_lie_in_the_picture_and_proposals_do_not_overlap() -> None:
    boxes = _boxes(500, 448)
    assert boxes.shape == (500, 5)
    assert bool((boxes[:, 3:] - boxes[:, 1:3] >= 448 * 0.05 - 1e-3).all())
    assert float(boxes[:, 1:].min()) >= 0
    assert float(boxes.max()) <= 448
    left = _proposed(torch.randn(1, 54, 14, 14), 448, 50)
    assert left.shape == (50, 4)
    from torchvision.ops import box_iou

    assert float((box_iou(left, left) - torch.eye(50)).max()) <= 0.7


def test_everything_is_timed_once(monkeypatch) -> None:
    monkeypatch.setitem(TRUNKS, "small", Trunk("small", "convnet39", "relu3"))
    steps = list(time_stages(TimeStages("small", side=128, regions=6, few=3, all_crops=True)))
    found = [step for step in steps if isinstance(step, StageTimes)]
    assert found[-1].complete
    assert not any(one.complete for one in found[:-1])
    assert found[-1].crops == 6
    assert min(value for value in vars(found[-1]).values()) > 0
    assert any(isinstance(step, Progress) and step.total for step in steps)


def test_totals_are_put_together_from_the_parts() -> None:
    worked = worked_times(TIMES, 2000)
    assert {name: float(time) for name, time in worked.items()} == pytest.approx(
        {"R-CNN": 40.0, "Fast R-CNN": 4.1, "Faster R-CNN": 0.725, "YOLO": 0.11}
    )
    assert worked["R-CNN"].formula == "n·t_crop"
    assert worked["R-CNN"].numbers == "2000·0.02"
    assert worked["Faster R-CNN"].numbers == "0.1 + 0.025 + 0.6"
    assert list(worked_times(StageTimes(maps=1.0, one_shot=2.0), 9)) == ["YOLO"]


@pytest.mark.parametrize(
    ("time", "words"), [(0.5, "0.5 ms"), (81.84, "81.8 ms"), (999.4, "999 ms"), (2537, "2.54 s"), (210_500, "3.5 min")]
)
def test_times_are_said_as_people_do(time, words) -> None:
    assert in_words(time) == words


@pytest.fixture
def lab(qtbot) -> StagesLab:
    return shown(qtbot, StagesLab)


def test_it_says_what_is_measured_and_what_computed(lab) -> None:
    assert "Press Measure" in lab.said.text()
    lab.work.answered.emit(TIMES)
    assert "R-CNN is computed: 2,000 times one of 40 regions" in lab.said.text()
    assert "2 s a picture in the paper" in lab.said.text()
    assert lab.parts.texts()[-1] == ["t_crop: one region, cut out", "40", "20 ms"]
    assert "R-CNN: 40 s, Fast R-CNN: 4.1 s, Faster R-CNN: 725 ms, YOLO: 110 ms" in lab.bars.accessibleDescription()
    assert lab.bars.share(40_000) == 1
    assert lab.bars.share(400) == pytest.approx(0.01)
    lab.log.click()
    assert lab.bars.share(400) == pytest.approx(1 - 2 / 5)


def test_other_settings_are_not_measured_and_undo_brings_the_times_back(lab) -> None:
    lab.work.answered.emit(TIMES)
    lab.form.editor("regions").setFocus()
    press(lab, Qt.Key.Key_Up)
    assert lab.value == Settings(regions=2001)
    assert "Press Measure" in lab.said.text()
    assert not lab.formulas.rows
    press(lab, Qt.Key.Key_Z, CTRL)
    assert "R-CNN is computed" in lab.said.text()


def test_measure_asks_the_worker_with_the_settings(lab, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(lab.session, "ask", lambda lane, question, show, text: asked.append(question))
    lab.measure.click()
    assert asked == [TimeStages("AlexNet", 448, 2000, 300, False, "cpu")]


def test_while_it_measures_it_does_not_ask_for_measure(lab, monkeypatch) -> None:
    """Measure cannot be pressed then: the words went on asking for it."""
    monkeypatch.setattr(lab.session, "ask", lambda lane, question, show, text: None)
    lab.start()
    lab.session.work_changed.emit(LANE, Progress("Timing", 1, 2))
    assert lab.said.text() == ""
    lab.edit(Settings(regions=7))
    assert lab.said.text().startswith("Other settings are being measured")
    lab.undo()
    lab.work.answered.emit(StageTimes(one_shot=2.0))
    assert lab.said.text() == ""
    lab.session.work_changed.emit(LANE, None)  # as after Cancel
    assert lab.said.text().startswith("Some parts were not measured")


def test_a_bar_without_a_time_is_seen_on_the_projector_s_ground(qtbot, qapp) -> None:
    theme.apply(qapp, "projector")
    try:
        lab = shown(qtbot, StagesLab)
        seen = lab.bars.grab().toImage()
        middle = seen.width() // 2
        column = {seen.pixelColor(middle, y).name() for y in range(seen.height() // 4)}
        assert len(column) > 1, "white on white"
    finally:
        theme.apply(qapp, "light")


def test_a_clicker_measures_and_then_shows_one_after_the_other(qtbot, monkeypatch) -> None:
    lab = shown(qtbot, StagesLab)
    asked: list[str] = []
    monkeypatch.setattr(lab.work, "time_stages", lambda network, *_: asked.append(network))
    lab.page.present(True)
    assert lab.step_on(1)
    assert asked == ["AlexNet"]
    lab.work.answered.emit(TIMES)
    for count in range(1, 5):
        assert len(lab.formulas.rows) == count
        assert lab.step_on(1) == (count < 4)
    lab.step_on(-1)
    assert len(lab.formulas.rows) == 3
    lab.page.present(False)
    assert len(lab.formulas.rows) == 4


def test_a_clicker_leaves_a_measurement_that_came_to_nothing(qtbot, monkeypatch) -> None:
    """It began again at each press, and nothing behind this lab was reached."""
    lab = shown(qtbot, StagesLab)
    asked: list[str] = []
    monkeypatch.setattr(lab.work, "time_stages", lambda network, *_: asked.append(network))
    lab.page.present(True)
    assert lab.step_on(1)
    lab._follow_work(True)
    assert lab.step_on(1), "it is waited for"
    lab._follow_work(False)  # cancelled, or it failed
    assert not lab.step_on(1)
    assert asked == ["AlexNet"]
    assert "Press Measure" in lab.said.text()
