"""A pupil draws digits with the mouse, and LeNet-5 reads them while they are drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from explorer.ui.pictures.drawing_pad import SIDE

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

DIGITS = {
    "1": [[(0.52, 0.18), (0.48, 0.82)]],
    "7": [[(0.28, 0.22), (0.72, 0.22), (0.45, 0.82)]],
    "0": [[(0.5, 0.2), (0.33, 0.32), (0.3, 0.55), (0.37, 0.75), (0.5, 0.8), (0.64, 0.7), (0.7, 0.5), (0.5, 0.2)]],
}  # fmt: skip
"""Lines through these points of the sheet, as shares of its sides."""


@pytest.fixture
def pad(user):
    """LeNet-5 of the library, and the drawing pad opened by its button."""
    user.session.open_model("lenet5")
    user.wait(lambda: bool(user.project.network.nodes), 90)
    panel = user.window.picture
    panel.draw.setChecked(True)
    user.wait(panel.page.pad.isVisible)
    return panel.page.pad


def stroke(pad, points) -> None:
    """Draw with the mouse from point to point, in steps as a hand would."""

    def at(x: float, y: float) -> QPoint:
        return pad.on_widget(QPointF(x * SIDE, y * SIDE)).toPoint()

    QTest.mousePress(pad, LEFT, NONE, at(*points[0]))
    for (x0, y0), (x1, y1) in pairwise(points):
        for part in np.linspace(0.25, 1, 4):
            QTest.mouseMove(pad, at(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part))
    QTest.mouseRelease(pad, LEFT, NONE, at(*points[-1]))


def read(user, pad) -> str:
    """The best guess on what is on the sheet now."""
    user.wait(lambda: not pad._soon.isActive())
    user.wait(lambda: user.session.sees(pad.sent) and user.session.prediction is not None)
    user.wait(lambda: not user.session.work.keys() & {"picture", "predict"})
    return user.session.prediction.top[0].label


def test_digits_are_read_as_they_are_drawn(user, pad, assets) -> None:
    for digit, lines in DIGITS.items():
        pad.wipe()
        for line in lines:
            stroke(pad, line)
        assert read(user, pad) == digit
    page = user.window.picture.page
    page.invert.click()
    assert pad.image.pixelColor(0, 0).lightness() == 255
    assert read(user, pad) == "0"  # LeNet-5 was taught on bright ground, too
    page.invert.click()
    with np.load(assets / "mnist10k.npz", allow_pickle=False) as file:
        images, labels = (file[name] for name in sorted(file.files, key=lambda name: -file[name].ndim))
    pad.thickness = 12
    for digit in (3, 5):
        image = images[np.flatnonzero(labels == digit)[4]].reshape(28, 28)  # a real one, dot by dot
        pad.wipe()
        for y, x in np.argwhere(image > 100):
            QTest.mouseClick(pad, LEFT, NONE, pad.on_widget(QPointF(10 * x + 5, 10 * y + 5)).toPoint())
        assert read(user, pad) == str(digit)
    assert user.window.picture.stack.currentWidget() is page
    pad.setFocus()
    QTest.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert user.project.network.nodes  # the keys were for the sheet
    assert user.document.history.index == 0
    user.wait(lambda: not pad._soon.isActive())
    user.session.open_picture(str(assets / "images" / "dog.jpg"))
    user.wait(lambda: user.session.picture.name == "dog.jpg")
    assert user.window.picture.stack.currentWidget() is user.window.picture.view
    assert not user.window.picture.draw.isChecked()
