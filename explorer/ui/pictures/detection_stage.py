"""The picture of a detector with the layers one switches on, and what is pointed at and picked in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from explorer.maths.box_records import Spot
from explorer.maths.boxes import Box
from explorer.maths.midpoints import Claim
from explorer.ui import theme
from explorer.ui.controls.labels import Text, sized
from explorer.ui.pictures.detection_layers import LAYERS, Scene
from explorer.ui.pictures.detection_view import DetectionView
from explorer.ui.pictures.detection_words import applying, head_in_words, read_at
from explorer.ui.pictures.list_pair import ListPair
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.theme import GRID
from explorer.workspace.behind_boxes import BehindBoxes
from explorer.workspace.settings import Settings
from explorer.workspace.steps import Steps

FIRST = "Found, Grid, Anchors"
"""Layers that are on at first."""
SWITCH = """
QToolButton {{ padding: 2px 0; border: 1px solid {outline}; border-radius: 3px; color: {text}; background: {base}; }}
QToolButton:checked {{ background: {accent}; border-color: {accent}; color: {on_accent}; }}
QToolButton:disabled {{ background: {window}; border-color: {edge}; color: {dim}; }}
QToolButton:focus {{ border-color: {text}; }}
"""
"""The look of a layer's button: whether it is on is seen from the back of a lecture hall."""
AROUND = 14
"""Pixels around a layer's name, up to the next button."""
NOT_HERE = {
    **dict.fromkeys(("Grid", "Anchors", "p_c"), "A second stage looks at regions, which are no grid with anchors"),
    "Midpoints": "In this detector no cell owns a midpoint: an anchor is given to the thing that it overlaps",
}
"""Why a layer says nothing of a head."""
SHAPES = ((0.16, 0.4), (0.4, 0.16), (0.25, 0.25))
"""Width and height of the boxes one drags, as shares of the picture's."""


class DetectionStage(QWidget):
    """Which layers are on is remembered; each has a key, which the panel hears."""

    switched = Signal(str, bool)  # a layer, and whether it is on now
    cell_asked = Signal()  # a box or a cell was clicked
    claims_changed = Signal()  # the boxes one drags ask for something else

    def __init__(self, behind: BehindBoxes) -> None:
        super().__init__()
        self._behind = behind
        self._cell: Spot | None = None  # under the pointer
        self.dragged: Steps[tuple[Box, ...]] = Steps(())
        self.claims: tuple[Claim, ...] = ()
        self.rival = 0  # which of the rivals in a step of the suppression is looked at
        self._pixels: object = None  # of the picture that is drawn
        self.view = DetectionView()
        self.view.setAccessibleName("Picture with the detector's layers")
        remembered = (Settings().choice("detection layers") or FIRST).split(", ")
        self.layers = {name: self._layer(name, tip, name in remembered) for name, tip in LAYERS.items()}
        self._lists = ListPair("Head", "Anchor")
        self.head, self.anchor = self._lists.first, self._lists.second
        self.head.setToolTip("The head whose grid, anchors and p_c are shown")
        self.anchor.setToolTip("The anchor whose p_c is shown, and whose box a click on a cell picks")
        self.reading = Text(" ", role="dim", size="small", wrap=False)
        self._switches = QGridLayout()
        self._switches.setSpacing(2)
        self._switches.setColumnStretch(len(self.layers), 1)
        self._rows = 0
        self._arrange(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(self._switches)
        column.addWidget(self.view, 1)
        column.addWidget(self.reading)
        column.addWidget(self._lists)
        self._dress()
        self.view.pointed.connect(self._point)
        self.view.asked.connect(self._pick)
        self.view.moved.connect(self._move)
        self.view.dragged.connect(self.drag)
        self.head.activated.connect(lambda _: self._choose_head())
        self.anchor.activated.connect(lambda _: self.draw())

    @property
    def on(self) -> frozenset[str]:
        """The layers that are switched on."""
        return frozenset(name for name, button in self.layers.items() if button.isChecked())

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Those that one drags."""
        return self.dragged.value

    @property
    def chosen_head(self) -> int:
        """The number of the head whose grid is shown."""
        return max(0, self.head.currentIndex())

    @property
    def chosen_anchor(self) -> int | None:
        """The number of the anchor, None for the most of all."""
        return self.anchor.currentIndex() - 1 if self.anchor.currentIndex() > 0 else None

    def show_picture(self) -> None:
        """Show other heads, other boxes or another picture."""
        behind, picture = self._behind, self._behind.picture
        pixels = picture.pixels if picture is not None else None
        if pixels is not self._pixels:
            self._pixels = pixels
            self.view.show_image(image_of(picture.pixels) if picture is not None else QImage())
            self.dragged = Steps(())
        if behind.heads is None:
            self.view.show_scene(None, 0)
            return
        self._offer_heads()
        found = "; ".join(f"{guess.label} {guess.probability:.0%}" for guess in behind.guesses[:8])
        self.view.setAccessibleDescription(found)
        if not self.boxes:
            self.dragged = Steps((self._another(0), self._another(1)))
        self.show_picked()

    def show_picked(self) -> None:
        """Show another box, or cell, as the picked one."""
        spot = self._behind.spot
        if spot is not None and spot.head != self.head.currentIndex():
            self.head.setCurrentIndex(spot.head)
            self._offer_anchors()
        self.draw()

    def draw(self, fades: bool = False) -> None:
        """Draw all layers anew; fades: what goes in this step of the suppression may be seen going."""
        behind, picture = self._behind, self._behind.picture
        heads, raw = behind.heads, behind.raw
        if heads is None or raw is None or picture is None:
            return
        from explorer.maths.midpoints import claims

        head = self.chosen_head
        on = self.on & applying(heads.heads[head])
        steps = behind.steps if "Steps" in on else None
        asked = claims(self.boxes, heads, head) if "Midpoints" in on else ()
        cell = self._cell or (None if steps else behind.spot)
        scene = Scene(
            heads, raw, behind.guesses, on, head, self.chosen_anchor, cell, behind.spot,
            behind.index, behind.floor, steps, steps.state(behind.step) if steps else None, self.rival,
            self.boxes if asked else (), asked,
        )  # fmt: skip
        self.view.show_scene(scene, picture.size[0], fades)
        if asked != self.claims:
            self.claims = asked
            self.claims_changed.emit()

    # Heads and anchors

    def _offer_heads(self) -> None:
        heads = self._behind.heads.heads if self._behind.heads is not None else ()
        entries = [head_in_words(head) for head in heads]
        if [self.head.itemText(i) for i in range(self.head.count())] != entries:
            self.head.clear()
            self.head.addItems(entries)
            self._offer_anchors()

    def _offer_anchors(self) -> None:
        heads = self._behind.heads
        apply = applying(heads.heads[self.chosen_head]) if heads else frozenset(LAYERS)
        for name, button in self.layers.items():
            button.setEnabled(name in apply)
            button.setToolTip(LAYERS[name] if name in apply else NOT_HERE[name])
        self.anchor.clear()
        self.anchor.setEnabled("Anchors" in apply)
        self.anchor.addItem("the surest anchor")
        for place, (width, height) in enumerate(heads.heads[self.chosen_head].anchors if heads else ()):
            self.anchor.addItem(f"anchor {place + 1} · {width:.3g} × {height:.3g}")
        self._lists.fit()

    def _choose_head(self) -> None:
        self._cell = None
        self._offer_anchors()
        self.draw()

    # Layers

    def _layer(self, name: str, tip: str, on: bool) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setText(name)
        button.setFont(sized("small"))
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setChecked(on)
        button.toggled.connect(lambda on: self._switch(name, on))
        return button

    def _arrange(self, rows: int) -> None:
        """Put the layers' buttons into so many rows."""
        if rows == self._rows:
            return
        self._rows, across = rows, -(-len(self.layers) // rows)
        for number, button in enumerate(self.layers.values()):
            self._switches.addWidget(button, *divmod(number, across))

    def _fit(self) -> None:
        """Two rows of buttons where one would cut their names off."""
        needed = sum(button.fontMetrics().horizontalAdvance(name) + AROUND for name, button in self.layers.items())
        self._arrange(1 if needed <= self.width() else 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _dress(self) -> None:
        for button in self.layers.values():
            button.setStyleSheet(SWITCH.format_map(vars(theme.current())))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
            QTimer.singleShot(0, self, self._fit)  # once its words have their new size

    def _switch(self, name: str, on: bool) -> None:
        Settings().set_choice("detection layers", ", ".join(key for key in LAYERS if key in self.on) or "none")
        self.switched.emit(name, on)
        self.draw()

    # Pointing and picking

    def _point(self, at: tuple[float, float] | None) -> None:
        from explorer.maths.midpoints import cell_at

        heads, head = self._behind.heads, self.chosen_head
        if heads is None:
            return
        cell = cell_at(heads, head, *at) if at is not None and heads.heads[head].grid else None
        spot = Spot(head, self.chosen_anchor or 0, *cell) if cell is not None else None
        self.reading.say(read_at(heads, spot, self.chosen_anchor) if spot is not None else " ")
        if spot != self._cell:
            self._cell = spot
            if "Anchors" in self.on:
                self.draw()

    def _pick(self, at: tuple[float, float] | None) -> None:
        """The smallest box around the point; where there is none, the cell of the chosen head."""
        behind = self._behind
        if at is None or behind.raw is None:
            return
        boxes = [(number, guess.box) for number, guess in enumerate(behind.guesses) if guess.box is not None]
        around = [
            ((right - left) * (bottom - top), number)
            for number, (left, top, right, bottom) in boxes
            if left <= at[0] < right and top <= at[1] < bottom
        ]
        if around and "Found" in self.on and "Steps" not in self.on:
            behind.pick_guess(min(around)[1])
        elif "Raw" in self.on and (spot := behind.raw_at(*at)) is not None:
            behind.pick(spot)
        elif self._cell is not None:
            behind.pick_cell(self._cell.head, self._cell.row, self._cell.column, self.chosen_anchor)
        self.cell_asked.emit()

    def _move(self, rows: int, columns: int) -> None:
        spot, heads = self._behind.spot, self._behind.heads
        if spot is None or heads is None or not heads.heads[spot.head].grid:
            return
        high, wide = heads.heads[spot.head].cells
        row, column = spot.row + rows, spot.column + columns
        if 0 <= row < high and 0 <= column < wide:
            self._behind.pick_cell(spot.head, row, column, self.chosen_anchor)

    # The boxes one drags

    def drag(self, boxes: tuple[Box, ...], merge: str = "") -> None:
        """Let the user's boxes lie elsewhere; merge: the same while one movement goes on."""
        self.dragged.take(boxes, merge)
        self.layers["Midpoints"].setChecked(True)
        self.draw()

    def add_box(self) -> None:
        """One more box to drag."""
        self.drag((*self.boxes, self._another(len(self.boxes))))

    def _another(self, number: int) -> Box:
        """Each of another shape than the one before, to the left or to the right of the middle."""
        width, height = self._behind.picture.size if self._behind.picture else (100, 100)
        wide, high = SHAPES[number % len(SHAPES)]
        x, y = width * (0.36 + 0.3 * (number % 2)), height * 0.53
        return x - wide * width / 2, y - high * height / 2, x + wide * width / 2, y + high * height / 2
