"""The network for 14×14 pixels on larger pictures: each window by itself, and all in one pass."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from torch import nn

from explorer.classics.course import sliding_window
from explorer.engine.lab_questions import SlideWindows
from explorer.engine.program import Program
from explorer.engine.sliding_windows import RUNS, as_convolutions, slide
from explorer.network.analysis import analyse, totals
from explorer.ui.labs.sliding import SlidingLab
from tests.labs import shown


def pixels(size: int) -> np.ndarray:
    return np.random.default_rng(size).integers(0, 256, (size, size, 3), np.uint8)


@pytest.mark.parametrize(("size", "places"), [(14, 1), (16, 2), (17, 2), (28, 8)])
def test_one_pass_equals_all_windows(size: int, places: int) -> None:
    *breaths, found = slide(SlideWindows(pixels(size)))
    assert len(breaths) == 2 * (1 + RUNS), "it can be stopped before each of the runs"
    assert found.alone.shape == found.at_once.shape == (places, places, 4)
    assert found.difference < 1e-5
    assert found.alone.std() > 0.001
    assert found.alone_milliseconds > 0
    assert found.at_once_milliseconds > 0


def test_each_place_is_its_own_window_by_plain_torch() -> None:
    window = Program(sliding_window(14, convolutional=False), {})
    plain = nn.Sequential(*(window.module(id) for id in window.network.nodes if id != "input"))
    image = pixels(16)
    *_, found = slide(SlideWindows(image))
    for row in (0, 1):
        for column in (0, 1):
            crop = image[2 * row : 2 * row + 14, 2 * column : 2 * column + 14]
            with torch.inference_mode():
                expected = plain(torch.from_numpy(crop).permute(2, 0, 1)[None].float() / 255)[0]
            np.testing.assert_allclose(found.at_once[row, column], expected, atol=1e-5)
    flat = found.at_once.reshape(4, 4)
    assert len(np.unique(flat.round(5), axis=0)) == 4  # each window has scores of its own


def test_converting_only_reshapes() -> None:
    window = Program(sliding_window(14, convolutional=False), {})
    filters = as_convolutions(window)
    assert filters["fc2.weight"].shape == (400, 16, 5, 5)
    assert filters["fc3.weight"].shape == (400, 400, 1, 1)
    for id in ("fc2", "fc3", "fc4"):
        assert np.array_equal(filters[f"{id}.weight"].reshape(-1), window.tensors(id)["weight"].reshape(-1).numpy())


def test_the_course_s_multiplications() -> None:
    def macs(size: int, convolutional: bool) -> int:
        return totals(analyse(sliding_window(size, convolutional))).macs

    assert 4 * macs(14, False) == 1_766_400
    assert macs(16, True) == 1_459_200
    assert (64 * macs(14, False), macs(28, True)) == (28_262_400, 21_273_600)


def test_a_walk_over_all_windows_can_be_ended(qtbot) -> None:
    """196 windows take half a minute: by the same button, by hand, and where nobody sees it any more."""
    lab = shown(qtbot, SlidingLab)
    walks = lab._step.isActive
    lab.walk.click()
    assert (walks(), lab.walk.text()) == (True, "Stop")
    lab.walk.click()
    assert (walks(), lab.walk.text()) == (False, "Slide over all")
    lab.walk.click()
    QTest.keyClick(lab.sheet, Qt.Key.Key_Right)
    assert lab.sheet.cell == (0, 1)
    assert not walks()
    lab.walk.click()
    lab.page.list.setCurrentRow(0)
    assert not walks()
    assert lab.walk.text() == "Slide over all"
