"""What the style is to the network: the Gram matrix of a layer as a picture, and each of its numbers taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.maths.gram_records import GramMatrix
from explorer.ui import theme
from explorer.ui.controls.flow import Flow
from explorer.ui.controls.fraction import Whole
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.destinations import export
from explorer.ui.pictures.colour_maps import opaque
from explorer.ui.pictures.picture_view import PictureView
from explorer.ui.theme import GRID
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session
from explorer.workspace.style_gram import StyleGram
from explorer.workspace.style_studio import StyleStudio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEACHES = (
    "G_ij says how much channels i and j answer at the same places, wherever these lie: the mean of F_ik · F_jk over "
    "all M places k. That is why it tells how a picture is painted, and not what is where; J_style compares it for the "
    "style and for the picture that is made. A click on a square of the matrix takes its number apart."
)
MISSING = "Choose a style picture, and a layer that tells the style."
POINT = "Point at a square to read its number."
FEW = 3
"""Products that are written out."""


class Matrix(PictureView):
    """One pixel for each two channels; the picked one is framed."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Gram matrix")
        self.pair = 0, 0

    def paint_over(self, painter: QPainter) -> None:
        row, column = self.pair
        place = self.on_widget(QRectF(column, row, 1, 1)).adjusted(-2, -2, 2, 2)
        for width, colour in ((3.0, theme.current().base), (1.5, theme.current().accent)):
            painter.setPen(QPen(QColor(colour), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place)


class GramView(QWidget):
    """The matrix on the left, the sum behind one number on the right."""

    lab_requested = Signal()  # where a small matrix is worked out by hand

    def __init__(self, session: Session, studio: StyleStudio) -> None:
        super().__init__()
        self.gram = StyleGram(session, studio)
        self.layer, self.picture = QComboBox(), QComboBox()
        self.layer.setAccessibleName("Layer of the matrix")
        self.picture.setAccessibleName("Picture of the matrix")
        self.layer.setToolTip("The style layer whose channels are compared")
        self.picture.setToolTip("The picture that the network looks at")
        for choice in (self.layer, self.picture):
            choice.setMinimumContentsLength(12)
        self.first, self.second = Whole(), Whole()
        for box, name in ((self.first, "Channel i"), (self.second, "Channel j")):
            box.setAccessibleName(name)
            box.setToolTip("Up and down pick a neighbour")
            box.valueChanged.connect(lambda _: self._pick(self.first.value(), self.second.value()))
        self.matrix = Matrix()
        self.matrix.clicked.connect(lambda pixel: self._pick(pixel.y(), pixel.x()))
        self.matrix.hovered.connect(self._point)
        self.maps = [QLabel() for _ in range(3)]
        self.names = [Text(role="dim", size="small", wrap=False) for _ in range(3)]
        self.words, self.terms, self.hover = Text(), Text(), Text(POINT, role="dim", size="small", wrap=False)
        self.by_hand = QPushButton("By hand…")
        self.by_hand.setToolTip("The lab “Style: the Gram matrix”: a small one to work out, number by number")
        self.export = QPushButton("Export…")
        self.export.setAccessibleName("Export Gram matrix as PNG")
        self.export.clicked.connect(self._choose_export)
        self.by_hand.clicked.connect(self.lab_requested)
        self.lane = LaneLine(session, self.gram.lane)
        self._lay_out()
        self.layer.activated.connect(lambda _: self.gram.choose_layer(self.layer.currentText()))
        self.picture.activated.connect(self.gram.choose_picture)
        self.gram.changed.connect(self.follow)
        studio.changed.connect(self._ask_if_seen)
        self.follow()

    def _lay_out(self) -> None:
        head, halves, side, pictures = Flow(), QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        for widget in (self.layer, self.picture, Text("i", wrap=False), self.first, Text("j", wrap=False), self.second):
            head.addWidget(widget)
        head.addWidget(self.by_hand)
        head.addWidget(self.export)
        for name, image in zip(self.names, self.maps, strict=True):
            one = QVBoxLayout()
            image.setMinimumSize(10 * GRID, 10 * GRID)
            one.addWidget(image)
            one.addWidget(name)
            pictures.addLayout(one)
        side.addLayout(pictures)
        side.addWidget(self.words)
        side.addWidget(self.terms)
        side.addStretch(1)
        halves.setSpacing(2 * GRID)
        halves.addWidget(self.matrix, 1)
        halves.addLayout(side, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(Text(TEACHES, size="small"))
        column.addLayout(head)
        column.addWidget(self.lane)
        column.addLayout(halves, 1)
        column.addWidget(self.hover)

    def follow(self) -> None:
        """Show the matrix and the number that is picked."""
        gram, found = self.gram, self.gram.found
        _offer(self.layer, list(gram.layers), gram.layer)
        _offer(self.picture, [name for name, _ in gram.pictures], gram.picture_name)
        self.export.setEnabled(found is not None)
        for widget in (self.first, self.second):
            widget.setEnabled(found is not None)
        if found is None:
            self.matrix.show_image(QImage())
            self.words.say(MISSING if not (gram.pictures and gram.layer) else "")
            self.terms.say("")
            return
        for box, channel in zip((self.first, self.second), found.pair, strict=True):
            box.blockSignals(True)
            box.setRange(0, len(found.matrix) - 1)
            box.setValue(channel)
            box.blockSignals(False)
        self.matrix.pair = found.pair
        self.matrix.show_image(heat(found.matrix))
        self._show_sum(found)

    def _show_sum(self, found: GramMatrix) -> None:
        i, j = found.pair
        value, places = float(found.matrix[i, j]), found.places
        height, width = found.maps[0].shape
        shown = (found.maps[0], found.maps[1], found.products)
        for image, map_, name, words in zip(
            self.maps, shown, self.names, (f"F, channel {i}", f"F, channel {j}", "their product"), strict=True
        ):
            image.setPixmap(_pixmap(map_, min(max(self.width() // 6 - 2 * GRID, 10 * GRID), 30 * GRID)))
            image.setAccessibleName(words)
            name.say(words)
        self.words.say(
            f"G_{i},{j} = 1/M · Σ F_{i} · F_{j} = {value * places:,.5g} / {places:,} = {value:.5g}, "
            f"with M = {height}·{width}"
        )
        largest = found.largest(FEW)
        written = " + ".join(f"{a:.3g}·{b:.3g}" for a, b in largest)
        total = float(found.products.sum(dtype=float))
        share = f", {sum(a * b for a, b in largest) / total:.1%} of the sum" if total else ""
        self.terms.say(f"Its {FEW} largest terms: {written}{share}.")
        self.matrix.setAccessibleDescription(self.words.text())

    def _pick(self, first: int, second: int) -> None:
        self.gram.pick((first, second))

    def _point(self, pixel: QPoint | None) -> None:
        found = self.gram.found
        if pixel is None or found is None or max(pixel.x(), pixel.y()) >= len(found.matrix):
            self.hover.say(POINT)  # a line that comes and goes would move the matrix away under the pointer
        else:
            value = found.matrix[pixel.y(), pixel.x()]
            self.hover.say(f"Channels {pixel.y()} and {pixel.x()}: {value:.5g}")

    def _ask_if_seen(self) -> None:
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        self.gram.ask()
        self.follow()  # what can be chosen is there before the network has looked

    def showEvent(self, event: QShowEvent) -> None:
        self._ask()

    def export_png(self, path: str) -> None:
        """Write the matrix as PNG, at least 512 pixels wide. Raises Refusal with a sentence."""
        image = self.matrix.image
        k = max(1, -(-512 // image.width()))
        write_image(path, image.scaled(image.size() * k))

    def _choose_export(self) -> None:
        name = f"Gram matrix of {self.gram.layer}"
        _, problem = export(self, "Export Gram matrix", name, "Pictures", (".png",), self.export_png)
        self.lane.say_problem(problem)


def heat(matrix: NDArray[np.float32]) -> QImage:
    """Numbers as colours, roots so that small ones are seen beside the large diagonal; below zero as dark as zero."""
    import numpy as np

    most = float(matrix.max(initial=0.0))
    level = np.sqrt(np.clip(matrix, 0, None) / most) if most > 0 else np.zeros_like(matrix)
    colours = np.ascontiguousarray(opaque("viridis")[(level * 255).astype(np.uint8)])
    height, width = matrix.shape
    return QImage(colours.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _pixmap(map_: NDArray[np.float32], side: int) -> QPixmap:
    keep, plain = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
    return QPixmap.fromImage(heat(map_)).scaled(side, side, keep, plain)


def _offer(box: QComboBox, names: list[str], chosen: str) -> None:
    if [box.itemText(i) for i in range(box.count())] != names:
        box.clear()
        box.addItems(names)
    box.setCurrentText(chosen)
