"""A painter of one style wants less of it: the painting is blended with the photo, seen, saved, and live."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.maths.records import Painted, Picture
from explorer.ui import theme
from explorer.ui.pictures.painted_page import PaintedPage, painted_frame
from explorer.ui.pictures.picture_view import image_of
from explorer.workspace import painted_strength
from explorer.workspace.images import pixels_of
from tests import painting_side
from tests.stories.test_fast_style import LEFT, opened, photo  # noqa: F401


def mixed(painted: np.ndarray, photo: np.ndarray, percent: int) -> np.ndarray:  # noqa: F811
    """By hand."""
    return painted * (percent / 100) + photo * (1 - percent / 100)


@pytest.mark.parametrize("percent", [0, 1, 37, 50, 99, 100])
def test_each_pixel_is_mixed_of_both(percent: int) -> None:
    painted, before = (np.random.default_rng(seed).integers(0, 256, (9, 14, 3), np.uint8) for seed in (1, 2))
    found = pixels_of(painted_strength.blended(image_of(painted), image_of(before), percent)).astype(float)
    assert np.abs(found - mixed(painted, before, percent)).max() <= 2, "a level of opacity, and one of rounding"
    if percent in (0, 100):
        assert (found == (painted if percent else before)).all()


@pytest.mark.parametrize("name", ["light", "projector"])
def test_its_words_stand_beside_the_slider_in_a_small_window(user, photo, name: str) -> None:  # noqa: F811
    user.window.resize(1280, 800)
    page = opened(user, painting_side.three_styles(), photo).painted
    theme.apply(QApplication.instance(), name)
    QApplication.processEvents()
    words, slider = page.strength.words, page.strength.slider
    assert words.width() >= words.fontMetrics().horizontalAdvance(words.text())
    assert words.geometry().right() < slider.geometry().left()
    theme.apply(QApplication.instance(), "light")


def test_less_of_a_style_is_seen_copied_saved_and_remembered(user, photo, monkeypatch, tmp_path) -> None:  # noqa: F811
    page = opened(user, painting_side.three_styles(), photo).painted
    before, ran = pixels_of(page.view.image).astype(int), user.session.prediction
    assert page.strength.words.text() == "Strength 100 %"
    assert "photo" not in page.said.text()
    page.strength.slider.setFocus()
    for _ in range(4):
        QTest.keyClick(page.strength.slider, Qt.Key.Key_PageDown)
    assert page.strength.words.text() == "Strength 60 %"
    assert page.said.text().endswith(" · 60 % painted, 40 % photo")
    seen = pixels_of(page.view.image).astype(int)
    size = page.view.image.size()
    small = pixels_of(painted_strength.fitted(image_of(user.session.picture.pixels), page.view.image))
    assert (small.shape[1], small.shape[0]) == size.toTuple()
    assert np.abs(seen - mixed(before, small, 60)).max() <= 2
    assert user.session.prediction is ran, "the network is not asked again"
    out = tmp_path / "painted.png"
    monkeypatch.setattr("explorer.ui.destinations.choose_destination", lambda *_: str(out))
    QTest.mouseClick(page.save, LEFT)
    assert (pixels_of(QImage(str(out))) == seen).all()
    QTest.mouseClick(page.copy, LEFT)
    assert (pixels_of(QGuiApplication.clipboard().image()) == seen).all()
    another = PaintedPage(user.session)
    assert another.strength.percent == 60
    another.deleteLater()
    QTest.keyClick(page.strength.slider, Qt.Key.Key_End)
    assert (pixels_of(page.view.image) == before).all()


def test_a_frame_of_a_video_is_mixed_too(qapp) -> None:
    frame = Picture(np.full((6, 8, 3), 40, np.uint8), "clip", (8, 6))
    painted = Painted(np.full((12, 16, 3), 240, np.uint8), "colours", "")
    size = image_of(frame.pixels).size()
    assert (pixels_of(painted_frame(painted, frame, size)) == 240).all()
    painted_strength.remember(25)
    shown = pixels_of(painted_frame(painted, frame, size))
    assert shown.shape == (6, 8, 3)
    assert np.abs(shown - 90.0).max() <= 2
