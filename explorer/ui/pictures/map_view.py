"""The pictures of a data set on a plane, like ones beside each other, with what the colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.judged import Judged
from explorer.ui.controls.labels import Text
from explorer.ui.controls.roomy import Roomy
from explorer.ui.controls.words import plain_tip, share_in_words
from explorer.ui.destinations import export
from explorer.ui.pictures.class_marks import MARKS, mark
from explorer.ui.pictures.mistakes_view import words
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.pictures.scatter_view import ALL, ScatterView
from explorer.ui.theme import GRID
from explorer.workspace.data_set import DataSet
from explorer.workspace.exports import write_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PREVIEW = 14 * GRID
"""Pixels of the picture that is pointed at."""
SIDE = 26 * GRID
"""Pixels of width of what stands beside the plane."""
ICON = 14
EVERY = "all classes"


class MapView(QWidget):
    """Which layer's values lay the pictures out, and how; a picture that is pointed at is shown, a click opens it."""

    def __init__(self, data_set: DataSet) -> None:
        super().__init__()
        self._data_set = data_set
        self.layers, self.methods = QComboBox(), QComboBox()
        self.layers.setAccessibleName("Layer")
        self.layers.setToolTip("By the values of which layer; another one is another look at all pictures")
        self.methods.addItems(["PCA", "t-SNE"])
        self.methods.setAccessibleName("Method")
        self.methods.setToolTip(
            "PCA: along the two directions in which the pictures differ most; t-SNE: like ones beside each other"
        )
        self.export = QPushButton("Export…")
        self.export.setAccessibleName("Export plane as PNG")
        self.about, self.problem = Text(role="dim", wrap=False), Text(role="problem")
        self.scatter = ScatterView()
        self.legend = QListWidget()
        self.legend.setAccessibleName("Classes")
        self.preview, self.reading = QLabel(), Text(size="small")
        self.preview.setFixedHeight(PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        beside = QWidget()
        tools, side, both = QHBoxLayout(), QVBoxLayout(beside), QHBoxLayout()
        side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.layers, self.methods, self.about, self.export):
            tools.addWidget(widget, int(widget is self.about))
        side.addWidget(self.legend, 1)
        side.addWidget(self.preview)
        side.addWidget(self.reading)
        both.addWidget(self.scatter, 1)
        room = Roomy(beside, "Classes and picture", QSize(SIDE, 20 * GRID))  # a low window is not made higher for it
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setFixedWidth(SIDE + room.verticalScrollBar().sizeHint().width())
        both.addWidget(room)
        self.legend.setFixedWidth(SIDE)
        self.reading.setFixedSize(SIDE, 8 * self.reading.fontMetrics().height())  # else the legend would jump
        self.reading.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID // 2, 0, 0)
        column.addLayout(tools)
        column.addLayout(both, 1)
        column.addWidget(self.problem)
        self.layers.activated.connect(lambda _: data_set.embed_by(self.layers.currentText()))
        self.methods.currentTextChanged.connect(data_set.lay_out)
        self.export.clicked.connect(self._export)
        self.scatter.pointed.connect(self._read)
        self.scatter.opened.connect(lambda point: data_set.open(self._number(point)))
        self.legend.currentRowChanged.connect(lambda row: self.scatter.bring_out(row - 1 if row > 0 else ALL))
        data_set.embedding_changed.connect(self._show)
        data_set.changed.connect(self._show)
        data_set.small_changed.connect(lambda number: self._read(self.scatter.point))
        self._show()

    def _show(self) -> None:
        data_set = self._data_set
        judged, found, points = data_set.judged, data_set.evaluation, data_set.points
        nodes = data_set.pictures.nodes if data_set.pictures else ()
        names = [*nodes, *([data_set.embedded] if data_set.embedded and data_set.embedded not in nodes else [])]
        if names != [self.layers.itemText(row) for row in range(self.layers.count())]:
            self.layers.clear()
            self.layers.addItems(names)
        self.layers.setCurrentText(data_set.embedded)
        self.export.setEnabled(points is not None)
        if judged is None or found is None or found.seen is None or found.components is None:
            self.scatter.show_points(None, None)
            self.about.say("The pictures come here once all were looked at.")
            return
        classes, of = grouped(judged, found.seen)
        self.scatter.show_points(points, of)
        self._list(judged, classes)
        if data_set.method == "PCA":
            some = [share_in_words(float(share)) for share in found.components.shares[:2]]
            self.about.say(f"{' and '.join(some)} of the variance lie along the two directions")
        elif data_set.embedding is not None:
            self.about.say(
                f"step {data_set.embedding.done} of {data_set.embedding.total}; distances between groups say little"
            )
        else:
            self.about.say("t-SNE begins …")
        self._read(self.scatter.point)

    def _list(self, judged: Judged, classes: tuple[int, ...]) -> None:
        """What the marks mean; the choice stays where the classes do."""
        more = len(classes) - MARKS
        names = [EVERY, *(judged.label(number) for number in classes[:MARKS])] + (
            [f"{more} others"] if more > 0 else []
        )
        if names == [self.legend.item(row).text() for row in range(self.legend.count())]:
            return
        self.legend.clear()
        for row, name in enumerate(names):
            item = QListWidgetItem(QIcon(mark(row - 1, ICON, self.devicePixelRatioF())) if row else QIcon(), name)
            item.setToolTip(plain_tip(name))
            self.legend.addItem(item)

    def _number(self, point: int) -> int:
        found = self._data_set.evaluation
        return int(found.seen[point]) if found is not None and found.seen is not None else 0

    def _read(self, point: int) -> None:
        judged = self._data_set.judged
        if point < 0 or judged is None:
            self.preview.setPixmap(QPixmap())
            self.reading.say("Point at a picture to see it; a click opens it.")
            return
        number = self._number(point)
        self.reading.say(words(judged, number)[1])
        self.scatter.setAccessibleDescription(self.reading.text())
        picture = self._data_set.small.get(number)
        if number not in self._data_set.small:
            self._data_set.want([number])
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image_of(picture.pixels).scaled(PREVIEW, PREVIEW, keep, smooth) if picture is not None else None
        self.preview.setPixmap(QPixmap.fromImage(image) if image is not None else QPixmap())

    def _export(self) -> None:
        name = f"{self._data_set.embedded} {self._data_set.method}"
        write = lambda path: write_image(path, self.scatter.grab().toImage())  # noqa: E731
        _, problem = export(self, "Export plane", name, "Pictures", (".png",), write)
        self.problem.say(problem)


def grouped(judged: Judged, seen: NDArray[np.int32]) -> tuple[tuple[int, ...], NDArray[np.int64]]:
    """The classes of the pictures, and the place of each picture's class among them, −1 for none.

    They are the true classes where some are known, else those that are said. Those that get a mark are the ones of
    most pictures, in their order; the others follow.
    """
    import numpy as np

    of = judged.truth[seen] if judged.confusion.classes else judged.said[seen]
    classes, counts = np.unique(of[of >= 0], return_counts=True)
    ranked = classes[np.argsort(-counts, kind="stable")]
    ranked[:MARKS].sort()
    place = np.full(int(classes.max(initial=-1)) + 2, -1, np.int64)
    place[ranked] = np.arange(len(ranked))
    return tuple(ranked.tolist()), place[of]
