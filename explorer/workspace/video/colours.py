"""The colours of a frame as its file or camera means them.

Decoders deliver brightness (Y) and two differences of colour (U, V). What red, green and blue these stand for, a frame
says itself: by ITU-R BT.601 (SD), BT.709 (HD) or BT.2020, in the range of video (16 to 235) or the full one (0 to 255,
as most webcams send). Qt's conversion by the processor takes all of them for BT.601 in the range of video: an HD film's
pure red would be 234 instead of 255, and a webcam's shadows and lights would be gone. So we turn the planes into that
meaning first.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from explorer.workspace.images import pixels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtMultimedia import QVideoFrame

WEIGHTS = {"601": (0.299, 0.114), "709": (0.2126, 0.0722), "2020": (0.2627, 0.0593)}
"""Of red and blue in the brightness: ITU-R BT.601-7 2.5.1, BT.709-6 item 3.2, BT.2020-2 table 4."""
SD_LINES = 576
"""Of a picture whose meaning nobody tells: up to here it is taken for BT.601, above for BT.709, as players do."""
BITS = 6
"""Behind the point, in which brightness is reckoned: the most that leaves room in 16 bits."""


class Planes(NamedTuple):
    """Of a frame's memory, uint8: (H, W) brightness, and twice (H', W') colour, which has a value for two columns and
    one or two lines."""

    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]


def pixels_shown(frame: QVideoFrame) -> NDArray[np.uint8] | None:
    """(H, W, 3) uint8 red, green, blue; None where it cannot be read."""
    image = _as_qt_reads(frame).toImage()
    return None if image.isNull() else pixels_of(image)


def _as_qt_reads(frame: QVideoFrame) -> QVideoFrame:
    """A frame of the same colours in BT.601 and the range of video; this one where it is so, where its pixels are not
    eight bits in planes, and where rows or columns are odd in number: Qt leaves the last colours of these out."""
    from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

    form = frame.surfaceFormat()
    kinds = QVideoFrameFormat.PixelFormat
    halves = {kinds.Format_YUV420P: 2, kinds.Format_NV12: 2, kinds.Format_YUV422P: 1}.get(form.pixelFormat())
    weights, full = _meaning(form)
    odd = frame.width() % 2 or frame.height() % 2
    if halves is None or odd or (weights == "601" and not full) or not frame.map(QVideoFrame.MapMode.ReadOnly):
        return frame
    try:
        turned = QVideoFrame(QVideoFrameFormat(form))
        if not turned.map(QVideoFrame.MapMode.WriteOnly):
            return frame
        try:
            _turn(_planes(frame, halves), _planes(turned, halves), halves, _matrix(weights, full))
        finally:
            turned.unmap()
    except ValueError:  # less memory than its planes take
        return frame
    finally:
        frame.unmap()
    return turned


def _meaning(form: Any) -> tuple[str, bool]:
    """Whose weights a frame's brightness has, and whether it takes the full range."""
    spaces = type(form).ColorSpace
    untold = "601" if form.frameHeight() <= SD_LINES else "709"
    told = {
        spaces.ColorSpace_BT601: "601", spaces.ColorSpace_BT709: "709", spaces.ColorSpace_BT2020: "2020",
        spaces.ColorSpace_Undefined: untold,
    }  # fmt: skip
    return told.get(form.colorSpace(), "601"), form.colorRange() == type(form).ColorRange.ColorRange_Full


def _planes(frame: QVideoFrame, halves: int) -> Planes:
    """Of a mapped frame, without copying."""
    high, wide = frame.height(), frame.width()

    def plane(number: int, height: int, width: int) -> NDArray[np.uint8]:
        step = frame.bytesPerLine(number)
        held: NDArray[np.uint8] = np.asarray(frame.bits(number))[: height * step]
        return held.reshape(height, step)[:, :width]

    if frame.planeCount() == 2:  # NV12: the two colours of one place lie side by side
        both = plane(1, high // halves, wide)
        return Planes(plane(0, high, wide), both[:, 0::2], both[:, 1::2])
    return Planes(plane(0, high, wide), *(plane(number, high // halves, wide // 2) for number in (1, 2)))


def _turn(there: Planes, to: Planes, halves: int, matrix: NDArray[np.float32]) -> None:
    """Write into `to` what `there` means. matrix: see `_matrix`."""
    u, v = (plane.astype(np.float32) - 128 for plane in there[1:])
    for plane, (_, by_u, by_v) in ((to.u, matrix[1]), (to.v, matrix[2])):
        plane[:] = np.clip(np.rint(by_u * u + by_v * v + 128), 0, 255)
    scale, by_u, by_v = matrix[0] * (1 << BITS)
    start = (16.5 - _black(matrix)) * (1 << BITS)  # half for rounding
    added = np.rint(by_u * u + by_v * v + start).astype(np.int16).repeat(2, axis=1)
    for line in range(halves):
        rows = there.y[line::halves].astype(np.int16)
        rows *= np.int16(round(float(scale)))
        rows += added
        rows >>= BITS
        to.y[line::halves] = np.clip(rows, 0, 255, out=rows)


def _black(matrix: NDArray[np.float32]) -> float:
    """The brightness that becomes 16, times the scale: 0 of the full range, 16 of video's."""
    return 16.0 if matrix[0, 0] == 1 else 0.0


@cache
def _matrix(weights: str, full: bool) -> NDArray[np.float32]:
    """(3, 3): from Y above black, U and V about 128 of this meaning to those of BT.601 in the range of video. Grey
    stays grey in all, so colour never comes from brightness."""
    matrix = np.linalg.inv(_to_rgb(*WEIGHTS["601"], False)) @ _to_rgb(*WEIGHTS[weights], full)
    if not full:
        matrix[0, 0] = 1  # to the digit
    return matrix.astype(np.float32)


def _to_rgb(red: float, blue: float, full: bool) -> NDArray[np.float64]:
    """(3, 3): from Y above black, U and V about 128 to red, green, blue between 0 and 1."""
    green = 1 - red - blue
    one_y, one_c = (255, 255) if full else (219, 224)
    by_v, by_u = 2 * (1 - red), 2 * (1 - blue)
    plain = np.array([[1, 0, by_v], [1, -by_u * blue / green, -by_v * red / green], [1, by_u, 0]])
    return plain / (one_y, one_c, one_c)
