"""The colours of frames, against the formulas of ITU-R BT.601, BT.709 and BT.2020."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtMultimedia import QtVideo, QVideoFrame, QVideoFrameFormat
from PySide6.QtWidgets import QApplication

from explorer.workspace.video.colours import pixels_shown

KINDS, SPACES, RANGES = QVideoFrameFormat.PixelFormat, QVideoFrameFormat.ColorSpace, QVideoFrameFormat.ColorRange
WEIGHTS = {
    SPACES.ColorSpace_BT601: (0.299, 0.114),
    SPACES.ColorSpace_BT709: (0.2126, 0.0722),
    SPACES.ColorSpace_BT2020: (0.2627, 0.0593),
}


def coded(rgb: NDArray[np.float64], red: float, blue: float, full: bool) -> list[NDArray[np.uint8]]:
    """Y, U and V of red, green and blue between 0 and 1, by the definition."""
    r, g, b = np.moveaxis(rgb, -1, 0)
    y = red * r + (1 - red - blue) * g + blue * b
    u, v = (b - y) / (2 - 2 * blue), (r - y) / (2 - 2 * red)
    levels = (255 * y, 128 + 255 * u, 128 + 255 * v) if full else (16 + 219 * y, 128 + 224 * u, 128 + 224 * v)
    return [np.clip(np.rint(level), 0, 255).astype(np.uint8) for level in levels]


def framed(
    rgb: NDArray[np.uint8], kind: object, space: object, full: bool, weights: tuple[float, float],
    rotation: QtVideo.Rotation = QtVideo.Rotation.None_,
) -> QVideoFrame:  # fmt: skip
    """A frame as a decoder delivers it, of colours that are the same in two lines and columns."""
    high, wide = rgb.shape[:2]
    form = QVideoFrameFormat(QSize(wide, high), kind)
    form.setColorSpace(space)
    form.setRotation(rotation)
    form.setColorRange(RANGES.ColorRange_Full if full else RANGES.ColorRange_Video)
    frame = QVideoFrame(form)
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    y, u, v = coded(rgb / 255, *weights, full)
    down = 1 if kind == KINDS.Format_YUV422P else 2
    u, v = u[::down, ::2], v[::down, ::2]
    colours = [np.stack([u, v], -1).reshape(len(u), -1)] if kind == KINDS.Format_NV12 else [u, v]
    for number, plane in enumerate((y, *colours)):
        held, step = np.asarray(frame.bits(number)), frame.bytesPerLine(number)
        for line, row in enumerate(plane):
            held[line * step : line * step + len(row)] = row
    frame.unmap()
    return frame


@pytest.mark.parametrize("kind", [KINDS.Format_YUV420P, KINDS.Format_NV12, KINDS.Format_YUV422P], ids=lambda k: k.name)
@pytest.mark.parametrize("full", [False, True], ids=["video", "full"])
@pytest.mark.parametrize("space", WEIGHTS, ids=lambda space: space.name)
def test_a_frame_has_the_colours_that_it_means(qapp: QApplication, kind: object, full: bool, space: object) -> None:
    rgb = np.random.default_rng(3).integers(0, 256, (11, 15, 3)).astype(np.uint8)
    rgb[0, :6] = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (8, 8, 8)]
    rgb = rgb.repeat(2, axis=0).repeat(2, axis=1)
    seen = pixels_shown(framed(rgb, kind, space, full, WEIGHTS[space]))
    assert seen is not None
    assert seen.shape == rgb.shape
    assert np.abs(seen.astype(int) - rgb).max() <= 4, "rounded three times: 3, and Qt's own 2 or so"
    assert np.abs(seen.astype(int) - rgb).mean() <= 1


def test_where_nobody_tells_it_the_height_does(qapp: QApplication) -> None:
    red = np.zeros((720, 64, 3), np.uint8)
    red[..., 0] = 255
    frame = framed(red, KINDS.Format_YUV420P, SPACES.ColorSpace_Undefined, False, WEIGHTS[SPACES.ColorSpace_BT709])
    assert np.abs(pixels_shown(frame)[5, 5].astype(int) - (255, 0, 0)).max() <= 3
    low = framed(red[:480], KINDS.Format_YUV420P, SPACES.ColorSpace_Undefined, False, WEIGHTS[SPACES.ColorSpace_BT601])
    assert np.abs(pixels_shown(low)[5, 5].astype(int) - (255, 0, 0)).max() <= 3


def test_a_frame_that_lies_on_its_side_is_set_upright(qapp: QApplication) -> None:
    rgb = np.zeros((20, 30, 3), np.uint8)
    rgb[:, :10] = 255
    space, turned = SPACES.ColorSpace_BT709, QtVideo.Rotation.Clockwise90
    frame = framed(rgb, KINDS.Format_YUV420P, space, True, WEIGHTS[space], turned)
    seen = pixels_shown(frame)
    assert seen.shape == (30, 20, 3)
    assert seen[2].mean() > 250
    assert seen[-2].mean() < 5


def test_a_size_whose_last_colours_qt_leaves_out_is_left_to_qt(qapp: QApplication) -> None:
    form = QVideoFrameFormat(QSize(29, 21), KINDS.Format_YUV420P)
    form.setColorRange(RANGES.ColorRange_Full)
    assert pixels_shown(QVideoFrame(form)).shape == (21, 29, 3)
