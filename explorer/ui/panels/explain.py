"""How the picked number came about: what entered it, the sum built up, and the formula with its numbers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.maths.explanations import Explanation
from explorer.maths.records import Place
from explorer.network.formulas import worked_row
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.formula_view import FormulaView
from explorer.ui.controls.growing_column import SIZES, GrowingColumn
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.sign_button import sign_button
from explorer.ui.pictures.number_grids import exact
from explorer.ui.pictures.picture_sources import choose_picture
from explorer.ui.pictures.sum_view import SumView
from explorer.ui.theme import GRID
from explorer.workspace.explaining import Explaining
from explorer.workspace.session import Session

WIDE = 150 * GRID
"""Pixels of width from which on words and matrices are larger, to be read from further away."""


class ExplainPanel(QWidget):
    """Explains the picked number; a click on one of those that entered walks there, Backspace walks back."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.explaining = Explaining(session)
        self.setAccessibleName("Explain")
        self.setMinimumSize(45 * GRID, 26 * GRID)
        self.empty = Empty("")
        self.button = self.empty.add_button("Open picture…")
        self.button.clicked.connect(lambda: choose_picture(self, session))
        self.header, self.said = Text(wrap=False), Text(role="dim")
        self.untrained = Text(role="problem", size="small")
        self.back = sign_button("←", "Back to the number one came from (Backspace)", self.explaining.walk_back)
        self.back.setEnabled(False)
        self.sum = SumView()
        self.formulas = GrowingColumn(WIDE)
        self.formulas.setMinimumHeight(7 * GRID)
        self.views: list[FormulaView] = []
        self.lane = LaneLine(session, "explain")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._page())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = panel_column(self)
        column.addWidget(self.lane)
        column.addWidget(self.stack, 1)
        self.sum.walk_requested.connect(self.explaining.walk)
        self.explaining.explanation_changed.connect(self._show)
        self.explaining.way_changed.connect(lambda way: self.back.setEnabled(bool(way)))
        for changed in (session.place_changed, session.selection_changed, session.picture_changed):
            changed.connect(lambda _: self._say_empty())
        self._show(None)

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def _page(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.header, 1)
        head.addWidget(self.sum.tools)
        self.formulas.column.setContentsMargins(0, 0, 0, 0)
        self.formulas.column.addWidget(self.said)
        self.formulas.column.addStretch(1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self.untrained)
        column.addWidget(self.sum, 3)
        column.addWidget(self.formulas, 1)
        return page

    def _show(self, explanation: Explanation | None) -> None:
        self._say_empty()
        self.stack.setCurrentIndex(int(explanation is not None))
        self.lane.clear_problem()
        self.sum.show_explanation(explanation)
        if explanation is not None:
            place = explanation.place
            spot = f"channel {place.channel}, row {place.row}, column {place.column}"
            self.header.say(f"{place.node} · {spot} = {exact(explanation.value)}")
            random = "Random weights on the way here: the number means nothing yet."
            self.untrained.say(random if explanation.untrained else "")
            self._show_formulas(explanation)
            if self.hasFocus():
                self.sum.grids.setFocus()

    def _show_formulas(self, explanation: Explanation) -> None:
        rows = [worked_row(step.name, step.worked) for step in explanation.steps]
        with self.formulas.changing():
            self.said.say(explanation.said)
            for number, row in enumerate(rows):
                if number == len(self.views):
                    self.views.append(FormulaView(row))
                    self.views[-1].asked.connect(self._ask_letter)
                    self.formulas.column.insertWidget(number, self.views[-1])
                self.views[number].show_row(row)
            for number, view in enumerate(self.views):
                view.setVisible(number < len(rows))

    def _ask_letter(self, letter: str) -> None:
        """Where a letter of a formula comes from: x is a number of an input, with its number where there are more."""
        explanation = self.explaining.explanation
        name, _, number = letter.partition("_")
        if explanation is None or name != "x" or not explanation.windows:
            self.sum.sum.say(f"{letter} comes from a formula here, or is one of the layer's own numbers.")
            return
        window, at = explanation.windows[int(number or 1) - 1], explanation.place
        alone = window.values.size == 1
        self.explaining.walk((window.place(0, 0, 0) if alone else None) or Place(window.node, *_spot(at)))

    def _say_empty(self) -> None:
        session = self._session
        sentence = "Click a number of a feature map in Activations: how it came about is shown here."
        if session.picture is None:
            sentence = "Open a picture, select a layer and click a number of its maps: how it came about is shown here."
        elif not session.selection:
            sentence = "Select a layer and click a number of its maps: how it came about is shown here."
        elif session.place is not None:
            sentence = f"The number is explained once the network has run up to {session.place.node}."
        self.empty.sentence.say(sentence)
        self.button.setHidden(session.picture is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for part in (self.header, self.untrained, self.sum):
            part.grow(min(max(1.0, self.width() / WIDE), SIZES[0]))

    def showEvent(self, event: QShowEvent) -> None:
        self.explaining.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.sum.pause()
        self.explaining.watch(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self.explaining.walk_back()
        else:
            self.sum.keyPressEvent(event)


def _spot(place: Place) -> tuple[int, int, int]:
    return place.channel, place.row, place.column
