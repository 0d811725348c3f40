"""One style picture with its weight and its mask."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.ui.controls.lab import lab_button
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import plain_tip
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.studio.picture_tile import PictureTile
from explorer.ui.studio.weight_field import WeightField
from explorer.ui.theme import GRID
from explorer.workspace.mask_images import mask_image
from explorer.workspace.style_setup import ChosenStyle
from explorer.workspace.style_studio import StyleStudio

TIP = "Click or drop to choose how the picture is painted; Ctrl+V pastes"
MASK = "Paint where in the content this style belongs"
ABSENT = "it cannot be read"


class StyleRow(QWidget):
    """The picture, how much it counts, where it belongs, and away with it."""

    weighed = Signal(float)
    mask_requested = Signal()
    removed = Signal()

    def __init__(self, number: int) -> None:
        super().__init__()
        self.tile = PictureTile(f"Style picture {number}", "", TIP)
        self.name = Text("", "dim", "small", wrap=False)
        self.weight = WeightField(f"Weight of style {number}", "How much this style counts beside the others")
        self.weight.weighed.connect(self.weighed)
        self.mask_button = lab_button("Mask…", MASK, self.mask_requested.emit)
        self.remove = lab_button("×", "Take this style away; can be undone", self.removed.emit)
        self.mask_button.setAccessibleName(f"Mask of style {number}")
        self.remove.setAccessibleName(f"Remove style {number}")
        line = QHBoxLayout()
        line.setSpacing(GRID // 2)
        line.addWidget(self.name, 1)
        for widget in (self.weight, self.mask_button, self.remove):
            line.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.tile)
        column.addLayout(line)

    _shown: object = None

    def show_style(self, studio: StyleStudio, style: ChosenStyle) -> None:
        """Show one of a studio's styles."""
        picture, content = studio.picture(style.picture), studio.picture(studio.setup.content)
        broken = style.picture.source in studio.pictures and picture is None
        words = f"{style.picture.name}: {ABSENT}" if broken else style.picture.name
        image = self.tile.image
        if picture is None:
            image = QImage()
        elif self._shown is not picture.pixels:
            image = image_of(picture.pixels)
        self._shown = picture.pixels if picture is not None else None
        self.tile.show_image(image, words)
        self.name.say(style.picture.name)
        self.weight.show_value(style.weight)
        self.mask_button.setEnabled(content is not None)
        self.mask_button.setText("Mask ✓" if style.strokes else "Mask…")
        said = ""
        if style.strokes and content is not None:
            share = (
                mask_image(style.strokes, *content.size)
                .scaled(1, 1, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
                .pixelColor(0, 0)
                .lightnessF()
            )
            said = f"{share:.0%} of the content"
            self.mask_button.setAccessibleDescription(said)
        self.mask_button.setToolTip(plain_tip(f"{MASK}: now {said}" if said else MASK))
