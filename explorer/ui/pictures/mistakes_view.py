"""Which classes of a data set are confused, and the pictures on which that happens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from explorer.maths.confusion import UNKNOWN
from explorer.maths.judged import Judged
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import counted, share_in_words
from explorer.ui.pictures.confusion_view import Cell, ConfusionView
from explorer.ui.pictures.picture_grid import PictureGrid
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.theme import GRID
from explorer.workspace.data_set import DataSet

MOST = 2000
"""Pictures that are listed, the surest first."""


class MistakesView(QSplitter):
    """The confusion matrix, and beside it the pictures of the picked cell, or the surest mistakes of all."""

    def __init__(self, data_set: DataSet) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._data_set = data_set
        self._images: dict[int, QImage] = {}
        self.matrix = ConfusionView()
        self.unknown = Text(role="dim")
        self.reading = Text(role="dim", wrap=False)
        self.heading = Text(wrap=False)
        self.all = QPushButton("All mistakes")
        self.all.setToolTip("Show the surest mistakes of all classes again")
        self.grid = PictureGrid(self._image, self._words)
        self.grid.setAccessibleName("Pictures")
        self.setChildrenCollapsible(False)
        for widgets in ((self.unknown, self.matrix, self.reading), (self._line(), self.grid)):
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, GRID // 2, 0, 0)
            for widget in widgets:
                column.addWidget(widget, int(widget in (self.matrix, self.grid)))
            self.addWidget(side)
        self.matrix.picked.connect(lambda _cell: self._list())
        self.matrix.pointed.connect(self._read)
        self.all.clicked.connect(self._list_all)
        self.grid.wanted.connect(data_set.want)
        self.grid.opened.connect(data_set.open)
        data_set.changed.connect(self._show)
        data_set.small_changed.connect(lambda _number: self.grid.viewport().update())
        self._show()

    def _line(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.heading, 1)
        row.addWidget(self.all)
        return line

    def _show(self) -> None:
        judged = self._data_set.judged
        if not self._data_set.small:
            self._images = {}
        known = judged is not None and bool(judged.confusion.classes)
        names = [judged.label(number) for number in judged.confusion.classes] if judged is not None else []
        self.matrix.show_confusion(judged.confusion if known and judged else None, names)
        self.matrix.setVisible(known)
        self.unknown.say(
            ""
            if known
            else "No folder here is called like a class of the network: the tab Classes says what each means."
        )
        self._read(None)
        self._list()

    def _list(self) -> None:
        judged, cell = self._data_set.judged, self.matrix.cell
        self.all.setHidden(cell is None)
        if judged is None:
            self.grid.show_numbers(())
            return
        if cell is not None:
            numbers = judged.in_cell(*cell)
            self.heading.say(self.matrix.told(cell))
        elif judged.confusion.classes:
            numbers = judged.mistakes
            some = f"{counted(len(numbers), 'mistake')}, the surest first"
            self.heading.say(some if len(numbers) else "No mistakes: click a cell to see its pictures.")
        else:
            seen = (judged.said != UNKNOWN).nonzero()[0]
            numbers = seen[judged.chances[seen, 0].argsort(kind="stable")]
            self.heading.say("what the network is least sure of comes first")
        self.grid.show_numbers(numbers[:MOST].tolist())

    def _list_all(self) -> None:
        self.matrix.cell = None
        self.matrix.update()
        self._list()

    def _read(self, cell: Cell | None) -> None:
        if self.matrix.isHidden():
            self.reading.say("")
        else:
            self.reading.say(self.matrix.told(cell) if cell else "Point at a cell; a click lists its pictures.")

    def _image(self, number: int) -> QImage | None:
        picture = self._data_set.small.get(number)
        if picture is not None and number not in self._images:
            self._images[number] = image_of(picture.pixels)
        return self._images.get(number) if picture is not None else None

    def _words(self, number: int) -> tuple[str, str]:
        judged = self._data_set.judged
        return ("", "") if judged is None else words(judged, number)


def words(judged: Judged, number: int) -> tuple[str, str]:
    """What is said of a picture: in short, and with its file and all guesses."""
    truth, guesses = int(judged.truth[number]), zip(judged.top[number].tolist(), judged.chances[number], strict=True)
    told = [f"{judged.label(guess)} {share_in_words(float(chance))}" for guess, chance in guesses if guess != UNKNOWN]
    said = f"said {told[0]}" if told else "not seen"
    is_true = f"true {judged.label(truth)}" if truth != UNKNOWN else ""
    lines = [judged.files[number], *([is_true] if is_true else []), *(f"said {one}" for one in told)]
    return "\n".join([said, *([is_true] if is_true else [])]), "\n".join(lines)
