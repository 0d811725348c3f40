"""What one sees before anything is open: the ways to begin."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.records import ModelCard
from explorer.ui import theme
from explorer.ui.controls.flow import Beside, Flow
from explorer.ui.controls.keys_on import KeysOn
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.controls.words import plain_tip
from explorer.ui.tables.model_words import licence_in_words, sha_in_lines, size_in_words
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

OFFERED = 4
"""Models on this page: those that are here first, then those that any computer reaches; the library has the rest."""


class Card(QWidget):
    """A raised sheet with a title, a sentence and what belongs to it."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self.column.setSpacing(GRID)
        self._title = Text(title, size="title", wrap=False)
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.column.addWidget(self._title)
        self.column.addWidget(Text(sentence, "dim"))

    def set_ways(self, *buttons: QPushButton) -> None:
        """Buttons beside the title where there is room for them, else below it."""
        head = Flow()
        self.column.removeWidget(self._title)
        head.addWidget(self._title)
        self.column.insertWidget(0, Beside(head, in_line(*buttons)))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(colours.edge))
            painter.setBrush(QColor(colours.card))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), GRID, GRID)


def in_line(*buttons: QPushButton) -> Flow:
    """Buttons beside one another, where there is room for that."""
    line = Flow()
    for button in buttons:
        line.addWidget(button)
    return line


class ModelRow(QWidget):
    """One model of the library: what it is, and the button that opens it."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.button = QPushButton("Open" if card.installed else "Get and open")
        self.button.setAccessibleName(f"{self.button.text()} {card.title}")
        self.button.setToolTip(plain_tip(f"{card.task}\nfrom {card.source}"))
        head, words = QVBoxLayout(), QVBoxLayout(self)
        head.setSpacing(0)
        head.addWidget(Text(card.title, wrap=False))
        head.addWidget(Text(size_in_words(card), "dim", "small"))
        row = QHBoxLayout()
        row.addLayout(head, 1)
        row.addWidget(self.button)
        words.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        words.setSpacing(0)
        words.addLayout(row)
        trained = f"Trained on {card.trained_on}. " if card.trained_on else ""
        for line in (trained + licence_in_words(card), "" if card.installed else sha_in_lines(card)):
            words.addWidget(Text(line, "dim", "small"))


class StartPage(KeysOn, QScrollArea):
    """Open a trained network, build one, begin with a classic one, or open a project file."""

    camera_requested = Signal()  # find faces in what it sees
    studio_requested = Signal()
    samples_requested = Signal()  # find faces in the sample photos
    model_requested = Signal(str)
    library_requested = Signal()
    build_requested = Signal()
    paste_requested = Signal()  # layers, onto an empty canvas
    walk_requested = Signal()
    gallery_requested = Signal()
    labs_requested = Signal()
    open_requested = Signal()
    recent_requested = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Start")
        self.setProperty(WHOLE_WINDOW, True)
        self.models = Card("Open a trained network", "See what it sees in your own pictures.")
        self.models.column.addWidget(lane := LaneLine(session, "model"))
        self.lane = lane
        self.rows: list[ModelRow] = []
        self._offered: list[ModelCard] = []
        self._rows = QVBoxLayout()
        self.models.column.addLayout(self._rows)
        self.waiting = Text("The model library is being read…", "dim", "small")
        self.models.column.addWidget(self.waiting)
        self.library = QPushButton("Browse the library…")
        self.library.clicked.connect(self.library_requested)
        self.models.column.addWidget(self.library, 0, Qt.AlignmentFlag.AlignLeft)
        self.models.column.addStretch(1)
        self.faces = Card(
            "Find faces, live",
            "A small YOLO that comes with the program draws boxes while the video runs. Nothing leaves this computer.",
        )
        self.camera, self.samples = QPushButton("With the camera"), QPushButton("With the sample photos")
        self.camera.clicked.connect(self.camera_requested)
        self.samples.clicked.connect(self.samples_requested)
        for button, where in ((self.camera, "the camera"), (self.samples, "the sample photos")):
            button.setAccessibleName(f"Find faces with {where}")  # heard without the title before it
        self.faces.set_ways(self.camera, self.samples)
        paint = Card("Paint like another", "Give a photo the style of a painting, and watch how the network does it.")
        self.studio = QPushButton("Open the style studio")
        self.studio.clicked.connect(self.studio_requested)
        paint.set_ways(self.studio)
        self.paint = paint
        build = Card("Build a network", "Start from an input, add layer by layer, watch the sizes follow.")
        self.build = QPushButton("Start building")
        self.build.clicked.connect(self.build_requested)
        self.walk = QPushButton("Build your first network")
        self.walk.setToolTip("Be shown in five steps how a network is built and run")
        self.walk.clicked.connect(self.walk_requested)
        build.column.addLayout(in_line(self.build, self.walk))
        build.column.addStretch(1)
        gallery = Card("Begin with a classic", "LeNet, AlexNet, VGG, ResNet, Inception, U-Net …: each with its story.")
        self.gallery = QPushButton("Browse the gallery…")
        self.gallery.clicked.connect(self.gallery_requested)
        gallery.set_ways(self.gallery)
        gallery.column.addStretch(1)
        labs = Card("Labs", "Boxes, anchors, losses, sliding windows and style, in your own hands.")
        labs.setAccessibleName("Ways into the labs")  # “Labs” is the page itself, for F1
        self.labs = QPushButton("Open the labs…")
        self.labs.clicked.connect(self.labs_requested)
        labs.set_ways(self.labs)
        labs.column.addStretch(1)
        files = Card(
            "Open a file",
            "A project, or another program's network: ONNX, PyTorch checkpoint, safetensors, Darknet. "
            "It can also be dropped on the window.",
        )
        self.open = QPushButton("Open file…")
        self.open.clicked.connect(self.open_requested)
        files.set_ways(self.open)
        self.recent_title = Text("", "dim", "small")
        files.column.addWidget(self.recent_title)
        self.recent: list[QToolButton] = []
        self._recent = Flow(0)
        files.column.addLayout(self._recent)
        files.column.addStretch(1)
        self._lay_out(build, gallery, labs, files)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        session.document.changed.connect(lambda _: self._say_build())
        session.models_changed.connect(self._show_models)
        session.opened.connect(lambda _: self.lane.clear_problem())
        session.work_changed.connect(lambda lane, _: self._allow() if lane == "model" else None)
        self._show_models(session.models)

    def _lay_out(self, build: Card, gallery: Card, labs: Card, files: Card) -> None:
        page = QWidget()
        page.setBackgroundRole(QPalette.ColorRole.Window)
        outer = QHBoxLayout(page)
        middle = QWidget()
        middle.setMaximumWidth(130 * GRID)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        outer.addStretch(1)
        outer.addWidget(middle, 100)
        outer.addStretch(1)
        outer.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, GRID)
        head = QVBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(Text("CNN Explorer", size="title", wrap=False))
        head.addWidget(Text("Assemble, open, run and look inside convolutional networks.", "dim"))
        column.addLayout(head)
        right = QVBoxLayout()
        right.setSpacing(2 * GRID)
        right.addWidget(build)
        right.addWidget(gallery)
        right.addWidget(labs)
        right.addWidget(files, 1)
        left = QVBoxLayout()
        left.setSpacing(2 * GRID)
        left.addWidget(self.faces)
        left.addWidget(self.paint)
        left.addWidget(self.models, 1)
        cards = QHBoxLayout()
        cards.setSpacing(2 * GRID)
        cards.addLayout(left, 3)
        cards.addLayout(right, 2)
        column.addLayout(cards)
        column.addStretch(1)
        for card in (self.faces, self.paint, self.models, build, gallery, labs, files):
            card.setMinimumWidth(28 * GRID)
        self.setWidget(page)

    def _say_build(self) -> None:
        """The canvas that is open already is gone back to, not begun again."""
        open_now = bool(self._session.document.project.network.nodes)
        self.build.setText("Back to the canvas" if open_now else "Start building")

    def set_recent(self, paths: Iterable[str]) -> None:
        """Offer these project files, the last used first."""
        for button in self.recent:
            self._recent.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.recent = [self._recent_button(path) for path in paths]
        self.recent_title.say("Recent files" if self.recent else "")

    def _recent_button(self, path: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        name = button.fontMetrics().elidedText(Path(path).name, Qt.TextElideMode.ElideMiddle, 24 * GRID)
        button.setText(name.replace("&", "&&"))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolTip(plain_tip(path))
        button.setAccessibleName(f"Open {Path(path).name}")
        button.clicked.connect(lambda: self.recent_requested.emit(path))
        self._recent.addWidget(button)
        return button

    def _show_models(self, models: tuple[ModelCard, ...]) -> None:
        plain = (card for card in models if card.installed or card.kind != "url")
        offered = sorted(plain, key=lambda card: not card.installed)[:OFFERED]
        if offered != self._offered:  # the list comes anew with each network that is opened
            self._offer(offered)
        self.waiting.setHidden(bool(models))
        self._allow()

    def _offer(self, offered: list[ModelCard]) -> None:
        for row in self.rows:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._offered = offered
        self.rows = [ModelRow(card) for card in offered]
        before = self.studio
        for row, card in zip(self.rows, offered, strict=True):
            row.button.clicked.connect(lambda _=False, name=card.name: self.model_requested.emit(name))
            self._rows.addWidget(row)
            self.setTabOrder(before, row.button)
            before = row.button

    def _allow(self) -> None:
        """One network is opened at a time."""
        for button in (*(row.button for row in self.rows), self.camera, self.samples):
            button.setEnabled("model" not in self._session.work)

    @property
    def first(self) -> QWidget:
        return self.build

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit()
        else:
            super().keyPressEvent(event)
