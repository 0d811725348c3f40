"""What a network painted: shown, compared or blended with the picture it was made of, copied, saved, resized."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from explorer.layers.painted import entry_of, sized
from explorer.maths.records import Painted, Picture, Prediction
from explorer.ui.controls.form import Choice
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import plain_tip
from explorer.ui.destinations import export
from explorer.ui.pictures.painted_view import PaintedView
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.pictures.strength_slider import StrengthSlider
from explorer.ui.theme import GRID
from explorer.workspace import painted_size, painted_strength
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session

SIZES = (224, 320, 384, 512, 768, 1024)
"""Pixels of the longer side that can be chosen."""
OWN = "own size"
FINE = 200
"""Steps of the slider."""


class PaintedPage(QWidget):
    """The session's painted picture."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setAccessibleName("What the network paints")
        self.view = PaintedView()
        self.view.setMinimumSize(8 * GRID, 6 * GRID)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, FINE)
        self.slider.setPageStep(FINE // 10)
        self.slider.setMinimumWidth(4 * GRID)
        self.slider.setAccessibleName("How much of the picture as it was")
        self.strength = StrengthSlider()
        self._ran = self._how = ""
        self._painted = self._photo = self._fitted = QImage()
        self.sizes = Choice((OWN, *map(str, SIZES)))
        self.sizes.setAccessibleName("Painted size")
        self.copy, self.save = QToolButton(), QToolButton()
        self.copy.setText("Copy")
        self.save.setText("Save…")
        self.copy.setAccessibleName("Copy painted picture")
        self.save.setAccessibleName("Save painted picture")
        self.said = Text(role="dim", size="small")
        self.problem = Text(role="problem")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.view, 1)
        column.addLayout(_side_by_side(self.slider, self.sizes))
        column.addWidget(self.problem)
        column.addWidget(self.strength)  # in a line of its own: in a narrow panel its words need most of it
        column.addWidget(self.said)
        column.addLayout(_side_by_side(self.copy, self.save))
        self.slider.valueChanged.connect(lambda value: self.view.set_wipe(value / FINE))
        self.view.wiped.connect(self._follow_line)
        self.strength.chosen.connect(self._blend)
        self.sizes.entered.connect(self._resize)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setImage(self.view.image))
        self.save.clicked.connect(self._save)

    def show_prediction(self, prediction: Prediction, painted: Painted) -> None:
        """Show what was painted of the session's picture."""
        picture = self._session.picture
        height, width = painted.pixels.shape[:2]
        self._ran = f"{width:,} × {height:,} · {prediction.device.upper()} · {prediction.milliseconds:.0f} ms"
        self._how = f"The answer of {painted.node}, shown as a picture: {painted.how}."
        if picture is not None:
            self._painted, self._photo = painted_image(painted, picture), image_of(picture.pixels)
            self._fitted = QImage()
        self._blend()
        self.view.setAccessibleDescription(f"{width} by {height} pixels, painted by {painted.node}")
        longest = str(max(height, width))
        self.sizes.show_value(longest if int(longest) in SIZES else OWN)
        self.problem.say("")

    def _blend(self, _percent: int = 0) -> None:
        """Mix both as strongly as is chosen; the photo is made as large as the painting once."""
        percent = self.strength.percent
        if percent < painted_strength.ALL and self._fitted.isNull():
            self._fitted = painted_strength.fitted(self._photo, self._painted)
        self.view.show_pair(painted_strength.blended(self._painted, self._fitted, percent), self._photo)
        self.said.say(" · ".join(filter(None, (self._ran, painted_strength.in_words(percent)))))
        self.said.setToolTip(plain_tip(self._how))

    def _follow_line(self, share: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(share * FINE))
        self.slider.blockSignals(False)

    def _resize(self, chosen: str) -> None:
        """Another Input, with the picture's proportions; one step to undo."""
        document, picture = self._session.document, self._session.picture
        if chosen == OWN or picture is None:
            return
        entry, found = entry_of(document.project), sized(document.project, picture.size, int(chosen))
        if found is None:
            self.problem.say("This network paints in one size only: it was read for pictures of that size.")
            self.sizes.show_value(OWN)
        else:
            document.edit(f"Paint {chosen} pixels, by {entry}", found)
            painted_size.remember(int(chosen))

    def _save(self) -> None:
        picture, image = self._session.picture, self.view.image
        name = f"{picture.name.rpartition('.')[0] or picture.name} painted" if picture else "painted"
        endings = (".png", ".jpg", ".jpeg")
        _, problem = export(self, "Save painted picture", name, "Pictures", endings, lambda p: write_image(p, image))
        self.problem.say(problem)


def _side_by_side(*widgets: QWidget) -> QHBoxLayout:
    """A row of tools, from the left; what is left of it goes to sliders, or stays free."""
    row = QHBoxLayout()
    row.setSpacing(GRID // 2)
    for widget in widgets:
        row.addWidget(widget, int(isinstance(widget, QSlider)))
    if not any(isinstance(widget, QSlider) for widget in widgets):
        row.addStretch(1)
    return row


def painted_image(painted: Painted, picture: Picture) -> QImage:
    """What was painted, in the proportions of the picture it was made of; its longer side stays."""
    image = image_of(painted.pixels)
    longest = max(image.width(), image.height())
    wide, high = (max(1, round(side * longest / max(picture.size))) for side in picture.size)
    if max(abs(wide - image.width()), abs(high - image.height())) <= 0.02 * longest:
        return image
    return image.scaled(wide, high, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def painted_frame(painted: Painted, picture: Picture, size: QSize) -> QImage:
    """What was painted of a video's frame, in its size, as strongly as is chosen."""
    image, percent = painted_image(painted, picture).scaled(size), painted_strength.remembered()
    if percent == painted_strength.ALL:
        return image
    return painted_strength.blended(image, painted_strength.fitted(image_of(picture.pixels), image), percent)
