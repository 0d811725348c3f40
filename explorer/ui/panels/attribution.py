"""Which pixels made a class, or any number, what it is: several methods side by side."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.attribution import Attribution, heat
from explorer.probes.attribution import METHODS, Method
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.form import Form
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.words import share_in_words
from explorer.ui.destinations import export
from explorer.ui.pictures.heat_tiles import HeatTiles
from explorer.ui.pictures.picture_sources import choose_picture
from explorer.ui.theme import GRID
from explorer.workspace.attribution import Attributions
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session

FIRST = 3
"""Methods shown at first: those that are quick and tell classes apart."""

PICKED = "the picked number"


class AttributionPanel(QWidget):
    """Maps of what counted, over the picture; beside them the chosen method with its settings."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.attributions = Attributions(session, tuple(method() for method in METHODS[:FIRST]))
        self._forms: dict[str, Form] = {}
        self._settings = QVBoxLayout()
        self._chosen = METHODS[0].title
        self.setAccessibleName("Attribution")
        self.setMinimumSize(45 * GRID, 26 * GRID)
        self.empty = Empty("")
        self.button = self.empty.add_button("Open picture…")
        self.button.clicked.connect(lambda: choose_picture(self, session))
        self.view = HeatTiles()
        self.view.setAccessibleName("Attribution maps")
        self.target = QComboBox()
        self.target.setAccessibleName("What is explained")
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.target.setMinimumContentsLength(12)
        self.methods = QToolButton()
        self.methods.setText("Methods")
        self.methods.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.methods.setMenu(self._choices())
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(60)
        self.opacity.setMaximumWidth(14 * GRID)
        self.opacity.setAccessibleName("Opacity of the map")
        self.opacity.setToolTip("How much of the picture the map covers")
        self.export = QPushButton("Export…")
        self.export.setAccessibleName("Export the maps as PNG")
        self.reading = Text(role="dim", size="small", wrap=False)
        self.title, self.story = Text(), Text(role="dim", size="small")
        self.check = Text(size="small")
        self.lane = LaneLine(session, "attribution")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._page())
        column = panel_column(self)
        column.addWidget(self.lane)
        column.addWidget(self.stack, 1)
        self.target.activated.connect(lambda i: self._aim(self.target.itemData(i)))
        self.opacity.valueChanged.connect(lambda _: self._show())
        self.export.clicked.connect(self._choose_export)
        self.view.picked.connect(self.choose)
        self.view.pointed.connect(self._read)
        self.attributions.changed.connect(self._show)
        self.attributions.aimed.connect(self._offer)
        session.prediction_changed.connect(lambda _: self._offer())
        session.place_changed.connect(lambda _: self._offer())
        session.picture_changed.connect(lambda _: self._show())
        self._offer()
        self.choose(self._chosen)

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def showEvent(self, event: QShowEvent) -> None:
        self.attributions.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.attributions.watch(False)

    def choose(self, title: str) -> None:
        """Tell about one method, and edit its settings."""
        self._chosen = title
        method = next(method for method in METHODS if method.title == title)
        self.title.say(method.title)
        self.story.say(f"{method.story} {method.source}.")
        self._form(method)
        for name, form in self._forms.items():
            form.setVisible(name == title)
        self._show()

    def _form(self, kind: type[Method]) -> Form:
        """The settings of one method, made when it is first looked at."""
        if kind.title not in self._forms:
            form = self._forms[kind.title] = Form(kind())
            form.edited.connect(lambda value, _: self._set(value))
            self._settings.addWidget(form)
        return self._forms[kind.title]

    def _page(self) -> QWidget:
        beside = QWidget()
        about = QVBoxLayout(beside)
        about.setContentsMargins(GRID, 0, 0, 0)
        about.addWidget(self.title)
        about.addWidget(self.story)
        about.addLayout(self._settings)
        about.addWidget(self.check)
        about.addStretch(1)
        room = QScrollArea()
        room.setAccessibleName("Details")
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setWidget(beside)
        room.setFixedWidth(26 * GRID)
        tools = QHBoxLayout()
        for widget in (self.target, self.methods, self.opacity, self.export):
            tools.addWidget(widget)
        tools.insertStretch(2, 1)
        middle = QHBoxLayout()
        middle.addWidget(self.view, 1)
        middle.addWidget(room)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(middle, 1)
        column.addWidget(self.reading)
        column.addLayout(tools)
        return page

    def _choices(self) -> QMenu:
        menu = Menu(self)
        used = {method.title for method in self.attributions.methods}
        for kind in METHODS:
            action = menu.addAction(kind.title)
            action.setCheckable(True)
            action.setChecked(kind.title in used)
            action.setToolTip(kind.story)
            action.toggled.connect(lambda on, kind=kind: self._use(kind, on))
        return menu

    def _use(self, kind: type[Method], on: bool) -> None:
        used = {method.kind: method for method in self.attributions.methods}
        used.pop(kind.__name__, None)
        if on:
            used[kind.__name__] = self._form(kind).value
        self.attributions.choose(tuple(used[kind.__name__] for kind in METHODS if kind.__name__ in used))
        if on:
            self.choose(kind.title)

    def _set(self, value: Method) -> None:
        used = self.attributions.methods
        self.attributions.choose(tuple(value if method.kind == value.kind else method for method in used))

    def _aim(self, chosen: object) -> None:
        self.attributions.aim(chosen if isinstance(chosen, int) else None, chosen == PICKED)

    def _offer(self) -> None:
        """What can be explained: classes that were guessed, and the number that is picked."""
        guesses = self._session.prediction.top if self._session.prediction else ()
        place, aimed = self._session.place, self.attributions
        self.target.clear()
        self.target.addItem("most likely class", None)
        for guess in guesses:
            if guess.box is None:
                self.target.addItem(f"{guess.label}, {share_in_words(guess.probability)}", guess.index)
        if aimed.target is not None and self.target.findData(aimed.target) < 0:
            self.target.addItem(f"class {aimed.target}", aimed.target)
        if place is not None or aimed.picked:
            where = (
                f"{place.node}, channel {place.channel}, row {place.row}, column {place.column}" if place else PICKED
            )
            self.target.addItem(where, PICKED)
        self.target.setCurrentIndex(max(0, self.target.findData(PICKED if aimed.picked else aimed.target)))
        self._show()

    def _show(self) -> None:
        found = self.attributions.results
        self._say_empty()
        self.stack.setCurrentIndex(int(self._session.picture is not None and bool(self._session.document.facts)))
        tiles = [(method.title, found.get(method.title)) for method in self.attributions.methods]
        self.view.show_results(tiles, self.opacity.value() / 100, self._chosen)
        result = found.get(self._chosen)
        self.check.say(_remark(result) if result else "")
        some = next(iter(found.values()), None)
        self.view.setAccessibleDescription(f"{self._number(some)}; {', '.join(found)}" if some else "")
        self._read("", None)

    def _say_empty(self) -> None:
        picture = self._session.picture is not None
        self.button.setHidden(picture)
        self.empty.sentence.say(
            "Open a network, or build one, to see which pixels its answer hangs on."
            if picture
            else "Open a picture to see which of its pixels the network's answer hangs on."
        )

    def _number(self, result: Attribution) -> str:
        """What is explained, in words."""
        place, labels = result.place, self._session.document.project.recipe.labels
        facts = self._session.document.facts.get(place.node)  # none where its layer was just deleted
        shape = facts.shape if facts else None
        if shape and shape[0] == len(labels) and set(shape[1:]) <= {1}:
            return f"{labels[place.channel]} ({place.node}, number {place.channel}): {result.score:.4g}"
        where = f", row {place.row}, column {place.column}" if shape and len(shape) > 1 else ""
        return f"{place.node}, channel {place.channel}{where}: {result.score:.4g}"

    def _read(self, title: str, pixel: QPoint | None) -> None:
        result = self.attributions.results.get(title)
        if result is None or pixel is None:
            some = next(iter(self.attributions.results.values()), None)
            self.reading.say(self._number(some) if some else "")
            return
        values = result.values.sum(0) if result.signed else abs(result.values).max(0)
        high, wide = result.picture.shape[:2]
        row, column = pixel.y() * values.shape[0] // high, pixel.x() * values.shape[1] // wide
        share = float(heat(result.values, result.signed)[row, column])
        where = f" of {result.at}" if result.at else ""
        self.reading.say(
            f"{title}: {values[row, column]:.4g} at row {row}, column {column}{where}, {share:.0%} of full colour"
        )

    def export_png(self, path: str) -> None:
        """Write the maps over the picture as one PNG file. Raises Refusal with a sentence."""
        write_image(path, self.view.image)

    def _choose_export(self) -> None:
        _, problem = export(self, "Export attribution", "attribution", "Pictures", (".png",), self.export_png)
        self.lane.say_problem(problem)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.view.image.copy())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu, some = Menu(self), not self.view.image.isNull()
        menu.addAction("Copy maps", self._copy).setEnabled(some)
        menu.addAction("Export maps as PNG…", self._choose_export).setEnabled(some)
        menu.addAction("Fit", self.view.fit).setEnabled(some)
        choose_from(menu, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        titles = [method.title for method in self.attributions.methods]
        if event.matches(QKeySequence.StandardKey.Copy) and not self.view.image.isNull():
            self._copy()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and titles:
            step = 1 if event.key() == Qt.Key.Key_PageDown else -1
            at = titles.index(self._chosen) if self._chosen in titles else 0
            self.choose(titles[(at + step) % len(titles)])
        else:
            super().keyPressEvent(event)


def _remark(result: Attribution) -> str:
    """Whose maps were weighed, or whether the shares add up, for a method that promises it."""
    if result.check is None:
        return f"The maps of {result.at}." if result.at else ""
    total, gained = result.check
    return f"The shares add up to {total:.4g}; the score gained {gained:.4g} on the way."
