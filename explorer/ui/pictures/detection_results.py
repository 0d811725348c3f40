"""What a detector finds in labelled pictures: its numbers, precision against recall, and the worst pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from explorer.maths.average_precision import Scores, mean
from explorer.maths.detection_records import DetectionEvaluation, PictureFaults
from explorer.ui import theme
from explorer.ui.controls.labels import Text
from explorer.ui.controls.roomy import laid_out_later
from explorer.ui.controls.words import counted, share_in_words
from explorer.ui.destinations import export
from explorer.ui.pictures.picture_grid import PictureGrid
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.pictures.precision_curve import Curve, PrecisionCurve
from explorer.ui.tables.found_table import FoundTable
from explorer.ui.theme import GRID
from explorer.workspace.detected_set import FAULTS_SIDE, DetectedSet

ORDERS = ("Most missed", "Surest of what is not there")
TABLE = 52 * GRID
"""Pixels in which all columns of the table are read."""
HALF, MOST_EXACT = 0, 5
"""Places of the overlaps 0.5 and 0.75."""
TOLD = 3
"""Sentences on labels that are told; the others are counted."""
EVERY = "All classes"
GUIDE = "Dashed: labelled, bright where it is missed. Whole lines: found, in the colour of problems where nothing is."


class DetectionResults(QWidget):
    """Tabs: the classes with their curves, and the pictures in which most is wrong."""

    def __init__(self, detected: DetectedSet) -> None:
        super().__init__()
        self._detected = detected
        self._images: dict[int, QImage] = {}
        self.notes = Text(role="dim", size="small")
        self.numbers, self.problem = Text(role="dim"), Text(role="problem", size="small")
        self.choice = QComboBox()
        self.choice.setAccessibleName("Class that is looked at")
        self.choice.addItem(EVERY, -1)
        self.export, self.export_curve = QPushButton("Scores…"), QPushButton("Curve…")
        self.export.setToolTip("Write average precision, and precision at each recall, of every class as a CSV file")
        self.export_curve.setToolTip("Write the curves as a PNG or SVG file")
        self.export_curve.setEnabled(False)
        self.classes, self.curve = FoundTable(), PrecisionCurve()
        self.order = QComboBox()
        self.order.addItems(ORDERS)
        self.order.setAccessibleName("Which pictures come first")
        self.heading = Text(wrap=False)
        self.grid = PictureGrid(self._image, self._words, FAULTS_SIDE)
        self.grid.setAccessibleName("Worst pictures")
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.setAccessibleName("Views of the results")
        self._lay_out()
        self.classes.chosen.connect(self.choose)
        self.choice.currentIndexChanged.connect(lambda _: self.choose(self.place))
        self.export.clicked.connect(self._export)
        self.export_curve.clicked.connect(self._export_curve)
        self.curve.ready.connect(lambda: self.export_curve.setEnabled(True))
        self.order.currentIndexChanged.connect(lambda _: self._list())
        self.grid.wanted.connect(detected.small.want)
        self.grid.opened.connect(detected.open)
        detected.changed.connect(self.show_results)
        detected.small.came.connect(self._take_small)

    def _lay_out(self) -> None:
        split, worst = QSplitter(Qt.Orientation.Horizontal), QWidget()
        split.setChildrenCollapsible(False)
        split.addWidget(self.classes)
        split.addWidget(self.curve)
        split.setSizes([TABLE, TABLE])
        split.setStretchFactor(0, 1)  # names of classes are short: the curve takes most of a wide window
        split.setStretchFactor(1, 2)
        line, column = QHBoxLayout(), QVBoxLayout(worst)
        line.addWidget(self.order)
        line.addWidget(self.heading, 1)
        column.setContentsMargins(0, GRID // 2, 0, 0)
        column.addLayout(line)
        column.addWidget(self.grid, 1)
        column.addWidget(Text(GUIDE, role="dim", size="small"))
        self.tabs.addTab(split, "Classes")
        self.tabs.addTab(worst, "Pictures")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(self.numbers, 1)
        for widget in (self.choice, self.export, self.export_curve):
            top.addWidget(widget)
        whole.addLayout(top)
        whole.addWidget(self.notes)
        whole.addWidget(self.problem)
        whole.addWidget(self.tabs, 1)

    @property
    def place(self) -> int:
        """Of the class that is looked at among the scores, -1 for all."""
        place: int = self.choice.currentData()
        return place

    def choose(self, place: int) -> None:
        """Look at another class, by its place among the scores; -1 for all: its curves, and where it is wrong."""
        self.choice.setCurrentIndex(max(0, self.choice.findData(place)))
        self.classes.choose(self.place)
        self._draw_curves()
        self._list()

    def show_results(self) -> None:
        """Show what is known now."""
        with laid_out_later(self):
            self._show_results()

    def _show_results(self) -> None:
        pictures, found = self._detected.pictures, self._detected.evaluation
        self._images = {}
        self._offer_classes()
        if pictures is None or found is None:
            self.grid.show_numbers(())
            return
        self.numbers.say(in_numbers(found.scores))
        sentences = [f"Taken for the same: {name} and {label}." for name, label in pictures.meant]
        if pictures.strange:
            some = ", ".join(pictures.strange[:TOLD]) + (", …" if len(pictures.strange) > TOLD else "")
            sentences.append(f"No class of the network: {some}.")
        sentences += [*pictures.notes, *found.notes]
        more = f" And {len(sentences) - TOLD:,} more." if len(sentences) > TOLD else ""
        self.notes.say(" ".join(sentences[:TOLD]) + more)
        self.notes.setVisible(bool(sentences))
        self.classes.show_scores(found.scores, pictures.label)
        self._draw_curves()
        self._list()

    def _offer_classes(self) -> None:
        """The classes that are labelled, by name; the one that was looked at stays chosen where it is among them."""
        pictures, found = self._detected.pictures, self._detected.evaluation
        classes = found.scores.classes if found is not None else ()
        label = pictures.label if pictures is not None else str
        named = sorted((label(number), place) for place, number in enumerate(classes))
        before = [(self.choice.itemText(at), self.choice.itemData(at)) for at in range(1, self.choice.count())]
        if named == before:
            return
        name = self.choice.currentText()
        self.choice.blockSignals(True)
        self.choice.clear()
        for text, place in [(EVERY, -1), *named]:
            self.choice.addItem(text, place)
        self.choice.setCurrentIndex(max(0, self.choice.findText(name)))
        self.choice.blockSignals(False)

    def _draw_curves(self) -> None:
        pictures, found = self._detected.pictures, self._detected.evaluation
        if pictures is None or found is None or not found.scores.classes:
            self.curve.show_curves(())
            return
        scores, place = found.scores, self.place
        curves = [Curve("all classes, overlap 0.5", scores.precision[:, HALF].mean(0), place < 0)]
        if 0 <= place < len(scores.classes):
            name = pictures.label(scores.classes[place])
            curves.append(Curve(f"{name}, overlap 0.75", scores.precision[place, MOST_EXACT], False, True))
            curves.append(Curve(f"{name}, overlap 0.5", scores.precision[place, HALF], True))
        self.curve.show_curves(curves)

    def _list(self) -> None:
        found = self._detected.evaluation
        if found is None:
            return
        missed, place = self.order.currentIndex() == 0, self.place
        numbers = found.most_missed if missed else found.surest_wrong
        shown = [number for number in numbers if number in found.faults]
        what = "something is missed" if missed else "something is found that is not there"
        if 0 <= place < len(found.scores.classes):  # only of the worst pictures is it known what is wrong
            kind, among = found.scores.classes[place], len(shown)
            of_class = {
                number: faults.missed_of(kind) if missed else faults.surest_of(kind)
                for number, faults in found.faults.items()
                if number in shown
            }
            shown = sorted((number for number in shown if of_class[number]), key=lambda number: -of_class[number])
            where = f"{len(shown):,} of the {counted(among, 'worst picture')} in which"
            self.heading.say(f"{where} {what}: {self.choice.currentText()}")
        else:
            self.heading.say(f"{counted(len(numbers), 'picture')} in which {what}")
        self.grid.show_numbers(shown)

    def _export(self) -> None:
        pictures, found = self._detected.pictures, self._detected.evaluation
        if pictures is not None and found is not None:
            name = f"scores {Path(self._detected.folder).name}"
            _, problem = export(self, "Export scores", name, "Tables", (".csv",), self._detected.export)
            self.problem.say(problem)

    def _export_curve(self) -> None:
        name = f"precision and recall {self.choice.currentText()}"
        _, problem = export(self, "Export curve", name, "Pictures", (".png", ".svg"), self.curve.export)
        self.problem.say(problem)

    def _take_small(self, number: int) -> None:
        self._images.pop(number, None)
        self.grid.viewport().update()

    def _image(self, number: int) -> QImage | None:
        picture, found = self._detected.small.by_number.get(number), self._detected.evaluation
        if picture is None or found is None:
            return None
        if number not in self._images:
            image = image_of(picture.pixels).convertToFormat(QImage.Format.Format_RGB32)
            if number in found.faults:
                with QPainter(image) as painter:
                    draw_faults(painter, found.faults[number], image.width() / picture.size[0])
            self._images[number] = image
        return self._images[number]

    def _words(self, number: int) -> tuple[str, str]:
        pictures, found = self._detected.pictures, self._detected.evaluation
        return ("", "") if pictures is None or found is None else words(found, pictures.files[number], number)


def draw_faults(painter: QPainter, faults: PictureFaults, scale: float) -> None:
    """Draw things as dashed boxes and what was found as whole ones; scale: pixels here for one of the picture."""
    colours = theme.current()
    wrong = ~faults.right & ~faults.neither
    for boxes, marked, colour, line in (
        (faults.truth.boxes, faults.missed, "#ffd400", Qt.PenStyle.DashLine),
        (faults.found.boxes, wrong, colours.problem, Qt.PenStyle.SolidLine),
    ):
        for (left, top, right, bottom), strong in zip((boxes * scale).tolist(), marked.tolist(), strict=True):
            rect = QRectF(left, top, right - left, bottom - top)
            for tone, width in (("black", 3), (colour if strong else "white", 1.5)):
                painter.setPen(QPen(QColor(tone), width, line))
                painter.drawRect(rect)


def words(found: DetectionEvaluation, path: str, number: int) -> tuple[str, str]:
    """What is said of a picture: in short, and with its file."""
    lines = []
    if missed := int(found.missed[number]):
        lines.append(f"{missed:,} missed")
    if (surest := float(found.surest[number])) > 0:
        lines.append(f"{share_in_words(surest)} false")
    return "\n".join(lines), "\n".join([path, *lines])


def in_numbers(scores: Scores) -> str:
    """COCO's numbers in a line."""
    if not scores.classes:
        return "Nothing of the network's classes is labelled in these pictures."
    summary = scores.summary
    told = [
        f"{name} {share_in_words(summary[name])}"
        for name in ("AP50", "AP75", "AP small", "AP medium", "AP large", "AR100")
        if summary[name] == summary[name]
    ]
    return " · ".join([*told, f"Pascal VOC {share_in_words(mean(scores.voc))}"])
