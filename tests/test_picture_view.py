"""A view paints all of its ground itself: Qt fills none of it before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtWidgets import QWidget

from explorer.ui.pictures.picture_view import PictureView

BEFORE = QColor("magenta")


@pytest.fixture(scope="module")
def view(qapp: object) -> PictureView:
    return PictureView()


@settings(max_examples=60)
@given(
    size=st.tuples(st.integers(1, 400), st.integers(1, 400)),
    picture=st.tuples(st.integers(0, 500), st.integers(0, 500)),
    factor=st.floats(0.05, 40),
    at=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    ratio=st.sampled_from((1.0, 1.25, 1.5, 2.0)),
    clear=st.booleans(),
)
def test_no_pixel_stays_as_it_was(
    view: PictureView,
    size: tuple[int, int],
    picture: tuple[int, int],
    factor: float,
    at: tuple[float, float],
    ratio: float,
    clear: bool,
) -> None:
    """Of any size and magnification, on screens of any density, with and without a picture."""
    view.setMinimumSize(1, 1)
    view.resize(*size)
    image = QImage(*picture, QImage.Format.Format_ARGB32 if clear else QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0, 0) if clear else QColor("black"))
    view.show_image(image)
    view.fit()
    view.zoom(factor, QPointF(at[0] * size[0], at[1] * size[1]))
    screen = QImage(int(size[0] * ratio), int(size[1] * ratio), QImage.Format.Format_RGB32)
    screen.setDevicePixelRatio(ratio)
    screen.fill(BEFORE)
    view.render(screen, QPoint(), QRegion(), QWidget.RenderFlag(0))
    pixels = np.frombuffer(screen.constBits(), np.uint32).reshape(screen.height(), screen.width())
    assert not (pixels == BEFORE.rgb()).any()
