"""Lab: MTCNN's first stage, a small network that slides over a picture in many sizes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from explorer.maths.boxes import Box
from explorer.maths.lab_records import Pyramid
from explorer.maths.pyramid import Slid, listed, nearest, surest, window_of
from explorer.maths.records import ModelCard
from explorer.network.settings import setting
from explorer.ui.controls.form import Form
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab, lab_button
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.controls.words import bytes_in_words
from explorer.ui.pictures.cell_sheet import CellSheet, heat_of
from explorer.ui.pictures.lab_picture import LabPicture
from explorer.ui.pictures.pyramid_strip import PyramidStrip
from explorer.ui.pictures.threshold_tools import LevelSlider
from explorer.ui.tables.model_words import missing_in_words
from explorer.ui.tables.plain_table import PlainTable
from explorer.ui.tables.pyramid_rows import (
    boxes_in_words,
    cell_in_words,
    cell_rows,
    cost_in_words,
    cost_rows,
    size_in_words,
    size_rows,
)
from explorer.workspace import library
from explorer.workspace.images import at_most, pixels_of
from explorer.workspace.lab_work import LabWork
from explorer.workspace.session import Session

TITLE = "P-Net on a pyramid"
TEACHES = (
    "MTCNN's P-Net sees 12×12 pixels and says whether a face fills them. As a convolution it slides over all of a "
    "picture in one pass; the picture is made smaller again and again, so that faces of every size fit the window once."
)
KEYS = (
    "The mouse or the arrows (with Ctrl faster) go from window to window, a click stays; Page up and down choose the "
    "size. Thin boxes overlap a better one and are dropped."
)
LANE = "lab pyramid"
MODEL = "mtcnn"
LONGEST = 1024
"""Pixels of a picture's longer side; a larger one is made smaller first."""


@dataclass(frozen=True)
class Sizes:
    """Which sizes there are, and which boxes are dropped; as MTCNN has it."""

    smallest: int = setting(
        20, "number", "side of the smallest face to find, in pixels of the picture", letters="m", low=8, high=400
    )
    factor: float = setting(
        0.709, "fraction", "how much smaller each picture is than the one before", letters="f", low=0.3, high=0.9
    )
    overlap_in_a_size: float = setting(0.5, "fraction", "IoU from which a better box drops one", low=0, high=1)
    overlap_of_all: float = setting(0.7, "fraction", "the same among what is left of all sizes", low=0, high=1)


@dataclass(frozen=True)
class View:
    """The picture, its sizes, from which chance on a window is a box, and whether boxes of all sizes are drawn."""

    picture: str = "astronaut"
    sizes: Sizes = field(default_factory=Sizes)
    least: float = 0.6
    every: bool = False


class PyramidLab(Lab):
    """The picture with a window of P-Net, beside it what P-Net says of all windows, below them the sizes."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, View())
        self.work, self.library = LabWork(session, LANE), library.Library(session)
        self.found: Pyramid | None = None
        self.place = 0  # of the size that is looked at
        self.cell = (0, 0)  # row and column
        self._window: Box | None = None  # of the picture: what was gone to last, whichever sizes there are by now
        self._hovered: tuple[int, int] | None = None
        self._asked: object = None
        self._source = -1
        self._image = QImage()
        self.pictures = LabPicture(session, "astronaut")
        self.least = LevelSlider("Chance above", "Windows whose chance to hold a face is above this are boxes")
        self.every = lab_button(
            "All sizes", "Draw the boxes of all sizes, and which of them are left", self._turn, True
        )
        for widget in (self.pictures, self.least, self.every):
            self.tools.addWidget(widget)
        self.sheet, self.map = CellSheet("Picture with P-Net's window"), CellSheet("Chance of a face in each window")
        self.strip = PyramidStrip()
        row = QHBoxLayout()
        row.addWidget(self.sheet, 3)
        row.addWidget(self.map, 2)
        self.drawing.addLayout(row, 1)
        self.drawing.addWidget(self.strip)
        self.missing, self.get = Text(), QPushButton()
        self.heading, self.said, self.boxes = Text(size="title"), Text(), Text()
        self.form, self.table, self.formulas = Form(Sizes()), PlainTable("Sizes"), FormulaColumn()
        self.cost, self.honest = PlainTable("Multiplications"), Text(role="dim")
        lanes = LaneLine(session, library.LANE), LaneLine(session, LANE)
        parts = (self.missing, self.get, *lanes, self.heading, self.said, self.boxes, self.table, self.form)
        for part in (*parts, self.cost, self.honest, self.formulas):
            self.numbers.column.addWidget(part)
        self.numbers.column.addStretch(1)
        self._first = self.sheet
        self._connect(session)
        self.begin()
        self._offer()

    def _connect(self, session: Session) -> None:
        self.work.answered.connect(self._take)
        self.pictures.chosen.connect(self.take_picture)
        self.form.edited.connect(lambda sizes, name: self.edit(replace(self.value, sizes=sizes), name))
        self.least.entered.connect(lambda least: self.edit(replace(self.value, least=least), "least"))
        self.get.clicked.connect(lambda: self.setFocus())  # the button goes: else the next field has its keys
        self.get.clicked.connect(lambda: self.library.get(MODEL))
        self.strip.chosen.connect(self.show_size)
        for sheet in (self.sheet, self.map):
            sheet.pointed.connect(lambda x, y, sheet=sheet: self._hover(self._cell_at(sheet, x, y)))
            sheet.pressed.connect(lambda x, y, sheet=sheet: self._stay(self._cell_at(sheet, x, y)))
            sheet.passed.connect(lambda: self._hover(None))
            sheet.stepped.connect(lambda x, y: self._stay((self.cell[0] + y, self.cell[1] + x)))
            sheet.turned.connect(lambda way: self.show_size(self.place + way))
        session.models_changed.connect(lambda _: self._offer())
        session.work_changed.connect(lambda lane, _: self._offer() if lane == library.LANE else None)

    # MTCNN is of the library

    @property
    def _card(self) -> ModelCard | None:
        return next((card for card in self.work.session.models if card.name == MODEL), None)

    def _offer(self) -> None:
        """What is missing, and the button that gets it; with it here the lab begins."""
        card = self._card
        lacking = card is not None and not card.installed
        self.get.setVisible(lacking)
        self.get.setEnabled(library.LANE not in self.work.session.work)
        if card is not None and lacking:
            self.missing.say(f"P-Net belongs to {card.title}, which {missing_in_words(card)}")
            self.get.setText(f"Get {card.title} ({bytes_in_words(card.size)})")
        else:
            self.missing.say("")
        self._ask()

    def _ask(self) -> None:
        """Ask the worker anew where something else is wanted than was asked last."""
        card, value = self._card, self.value
        if card is None or not card.installed or self._image.isNull():
            return
        asked = (self._image.cacheKey(), value.sizes, value.least)
        if asked != self._asked:
            self._asked = asked
            s = value.sizes
            least, ious = value.least, (s.overlap_in_a_size, s.overlap_of_all)
            self.work.slide_pyramid(pixels_of(self._image), s.smallest, s.factor, least, *ious)

    # What is looked at

    def _turn(self) -> None:
        self.edit(replace(self.value, every=not self.value.every))

    def show_size(self, place: int) -> None:
        """Look at another size; the window stays where it is on the picture, as nearly as it can."""
        if self.found is None or not self.found.sizes:
            return
        at = min(max(place, 0), len(self.found.sizes) - 1)
        self._go(at, window_of(*self.cell, self._slid.scale, self.found.field))

    def _go(self, place: int, window: Box) -> None:
        """To a size, and there to the window whose middle is nearest to that of a window of the picture."""
        self.place, self._hovered = place, None
        self._show_size()
        left, top, right, bottom = window
        self._stay(self._cell_at(self.sheet, (left + right) / 2, (top + bottom) / 2))

    @property
    def _slid(self) -> Slid:
        assert self.found is not None
        return self.found.sizes[self.place]

    def _cell_at(self, sheet: CellSheet, x: float, y: float) -> tuple[int, int]:
        """The cell under a point of the map, or the one whose window's middle is nearest to a point of the picture."""
        if sheet is self.map or self.found is None or not self.found.sizes:
            return int(y), int(x)
        seen, scale = self.found.field, self._slid.scale
        row, column = (round((at * scale - seen.window / 2) / seen.step) for at in (y, x))
        return row, column

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self._show_cell()

    def _stay(self, cell: tuple[int, int]) -> None:
        self.cell, self._hovered = self._held(cell), None
        if self.found is not None and self.found.sizes:
            self._window = window_of(*self.cell, self._slid.scale, self.found.field)
        self._show_cell()

    def _held(self, cell: tuple[int, int]) -> tuple[int, int]:
        if self.found is None or not self.found.sizes:
            return 0, 0
        rows, columns = self._slid.numbers.shape[1:]
        return min(max(cell[0], 0), rows - 1), min(max(cell[1], 0), columns - 1)

    # What is shown

    def show_value(self) -> None:
        value: View = self.value
        self.pictures.show_name(value.picture)
        self.form.show_value(value.sizes)
        self.least.show_value(value.least)
        self.every.setChecked(value.every)
        image = self.pictures.image(value.picture)
        if image.cacheKey() != self._source:
            self._source, self.found, self._window = image.cacheKey(), None, None
            self._image = at_most(image, LONGEST)
            self.sheet.show_image(self._image, (float(self._image.width() or 1), float(self._image.height() or 1)))
        self._ask()
        self._show_size()

    def _take(self, found: Pyramid) -> None:
        self.found = found
        self.place = min(self.place, max(len(found.sizes) - 1, 0))
        if not found.sizes:
            self._show_size()
        elif self._window is None:  # begin where P-Net is surest
            self.place, cell = surest(found.sizes)
            self._show_size()
            self._stay(cell)
        else:  # stay at what one looks at, among sizes that may be others
            window = self._window
            self._go(nearest(found.sizes, found.field, window), window)
            self._window = window

    def _show_size(self) -> None:
        """The strip, the map and the boxes of the chosen size, and what all of it costs."""
        found = self.found
        if found is None or not found.sizes:
            self._show_nothing(found)
            return
        self.cell = self._held(self.cell)
        self.strip.show_sizes(self._image, [size.size[::-1] for size in found.sizes], self.place)
        chances = self._slid.numbers[1]
        self.map.show_image(heat_of(chances), (float(chances.shape[1]), float(chances.shape[0])))
        drawn = found.together if self.value.every else found.found[self.place]
        self.sheet.left, self.sheet.dropped = listed(drawn.boxes[drawn.kept]), listed(drawn.boxes[~drawn.kept])
        with self.numbers.changing():
            self.heading.say(size_in_words(found, self.place))
            self.boxes.say(boxes_in_words(found, self.place, self.value.least, self.value.every))
            self.table.show_rows(*size_rows(found, self.place))
            self.cost.show_rows(*cost_rows(found))
            self.honest.say(cost_in_words(found))
            self._show_cell()

    def _show_nothing(self, found: Pyramid | None) -> None:
        """There are no numbers yet, or no size in which a window fits."""
        self.strip.show_sizes(QImage(), (), 0)
        self.map.show_image(QImage(), (1.0, 1.0))
        self.sheet.left = self.sheet.dropped = ()
        self.sheet.mark = self.map.mark = None
        self.sheet.update()
        with self.numbers.changing():
            small = "No face from that size on fits this picture: let the smallest face be smaller."
            self.heading.say(small if found is not None else "")
            for text in (self.said, self.boxes, self.honest):
                text.say("")
            for table in (self.table, self.cost):
                table.show_rows((), ())
            self.formulas.show_rows([])

    def _show_cell(self) -> None:
        """The window that is pointed at, or the one that was chosen."""
        found = self.found
        if found is None or not found.sizes:
            return
        row, column = self._held(self._hovered or self.cell)
        slid = self._slid
        self.sheet.mark = window_of(row, column, slid.scale, found.field)
        self.map.mark = (float(column), float(row), column + 1.0, row + 1.0)
        self.said.say(cell_in_words(found, self.place, row, column, self.value.least))
        self.formulas.show_rows(
            cell_rows(found, self.value.sizes.smallest, self.value.sizes.factor, self.place, row, column)
        )
        for sheet in (self.sheet, self.map):
            sheet.setAccessibleDescription(self.said.text())
            sheet.update()
