"""A picture that excites a channel, a number, a class or a whole layer, as it is made."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QWidget

from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.form import Form
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.word_width import WordWidth
from explorer.ui.destinations import export
from explorer.ui.pictures.picture_view import PictureView, image_of
from explorer.ui.theme import GRID
from explorer.workspace.dreaming import LANE, Dreaming
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session

NOTHING = "Select a layer, and click one of its channels in Activations, to have a picture made that excites it."


class DreamPanel(QWidget):
    """The picture, the settings it is made with, and buttons to begin, pause and go on."""

    def __init__(self, session: Session, dreaming: Dreaming) -> None:
        super().__init__()
        self._session, self.dreaming = session, dreaming
        self.setAccessibleName("Optimised picture")
        self.setMinimumSize(45 * GRID, 26 * GRID)
        self.view = PictureView()
        self.view.setAccessibleName("Optimised picture")
        self.empty = Empty(NOTHING)
        self.form = Form(self.dreaming.settings)
        self.form.edited.connect(lambda value, _: self.dreaming.set(value))
        self.begin = self._button("Start", self.dreaming.start, "From the beginning")
        self.pause = self._button("Pause", self._pause_or_go_on, "Space")
        self.use = self._button("Use as picture", self._use, "Have the network look at it")
        self.export = self._button("Export…", self._choose_export, "As a PNG file")
        self.words = Text(role="dim", wrap=False)
        self.lane = LaneLine(session, LANE)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        room = QScrollArea()
        room.setAccessibleName("How the picture is made")
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setWidget(self.form)
        WordWidth(room, 28 * GRID)
        middle, tools = QHBoxLayout(), QHBoxLayout()
        middle.addWidget(self.stack, 1)
        middle.addWidget(room)
        for button in (self.begin, self.pause, self.use, self.export):
            tools.addWidget(button)
        tools.insertStretch(2, 1)
        column = panel_column(self)
        column.addWidget(self.lane)
        column.addLayout(middle, 1)
        column.addWidget(self.words)
        column.addLayout(tools)
        self.dreaming.changed.connect(self._show)
        session.selection_changed.connect(lambda _: self._show())
        session.place_changed.connect(lambda _: self._show())
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def _button(self, text: str, do: object, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(do)
        return button

    def _show(self) -> None:
        dreaming, result = self.dreaming, self.dreaming.result
        self.stack.setCurrentIndex(int(result is not None))
        self.begin.setEnabled(dreaming.place is not None)
        self.begin.setText("Start again" if result else "Start")
        self.pause.setEnabled(result is not None)
        self.pause.setText("Pause" if dreaming.running else "Go on")
        self.use.setEnabled(result is not None)
        self.export.setEnabled(result is not None)
        if result is None:
            place = dreaming.place
            self.view.show_image(QImage())
            self.empty.sentence.say(
                f"Start makes a picture for {place.node}, channel {place.channel}." if place else NOTHING
            )
            self.words.say("")
            return
        self.view.show_image(image_of(result.picture))
        place = result.place
        self.words.say(f"{place.node}, channel {place.channel} · step {result.step:,} · reaches {result.height:.4g}")
        self.view.setAccessibleDescription(self.words.text())

    def _pause_or_go_on(self) -> None:
        if self.dreaming.running:
            self.dreaming.pause()
        else:
            self.dreaming.go_on()

    def _use(self) -> None:
        if result := self.dreaming.result:
            self._session.paste_picture(result.picture, f"made for {result.place.node}, channel {result.place.channel}")

    def export_png(self, path: str) -> None:
        """Write the picture as a PNG file. Raises Refusal with a sentence."""
        write_image(path, self.view.image)

    def _choose_export(self) -> None:
        result = self.dreaming.result
        name = f"{result.place.node} {result.place.channel}" if result else "picture"
        _, problem = export(self, "Export picture", name, "Pictures", (".png",), self.export_png)
        self.lane.say_problem(problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == " ":
            self._pause_or_go_on()
        elif event.matches(QKeySequence.StandardKey.Copy) and not self.view.image.isNull():
            QGuiApplication.clipboard().setImage(self.view.image.copy())
        else:
            super().keyPressEvent(event)
