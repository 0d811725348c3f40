"""Trains a network that paints in the style of a picture: choices at the left, what it makes by now at the right."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.records import PICTURE_ENDINGS
from explorer.maths.sentences import shortened
from explorer.network.project import Project
from explorer.probes.fast_style import FastStyle
from explorer.ui.asking_files import ask_file, ask_folder
from explorer.ui.controls.form import Form
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.pictures.cost_lines import CostLines
from explorer.ui.pictures.picture_view import PictureView, image_of
from explorer.ui.plain_buttons import plain
from explorer.ui.theme import GRID
from explorer.workspace import disk, flow_direction, painted_size
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.teaching import EVERY, LANE, Teaching

TOLD = (
    "The network learns on the pictures of a folder to paint them like one picture. It can be paused, also for days; "
    "then it opens as a network like any other, and paints photos and videos at once."
)
CHOSEN = "fast style pictures"
SECOND = 1000
"""Milliseconds in which the lines are drawn once at most."""


class TeachingDialog(QDialog):
    """One training. Closed, it goes on; opened again it shows how far it is."""

    def __init__(self, parent: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings
        self.teaching = Teaching(session)
        self.teaching.set(remembered(settings))
        self.teaching.choose(*chosen_last(settings))
        self.setWindowTitle("Train a style")
        self.style_button, self.folder_button = QPushButton("Choose picture…"), QPushButton("Choose folder…")
        self.style_button.setAccessibleName("Style picture")
        self.style_button.setToolTip("The picture whose style is learned")
        self.folder_button.setAccessibleName("Pictures to learn on")
        self.folder_button.setToolTip("A folder with photos, the more the better; also those in folders inside it")
        self.form = Form(self.teaching.settings)
        self.view, self.lines = PictureView(), CostLines()
        self.view.setAccessibleName("What the network makes by now")
        self.empty, self.seen = Empty(""), QStackedWidget()
        for page in (self.empty, self.view):
            self.seen.addWidget(page)
        self.foretold = Text(role="dim")
        self.said, self.problem, self.lane = Text(role="dim"), Text(role="problem"), LaneLine(session, LANE)
        self.start, self.pause, self.anew = QPushButton("Start"), QPushButton("Pause"), QPushButton("Begin anew")
        self.start.setToolTip("Begin, or go on where it was paused")
        self.pause.setToolTip("Stop; what was learned is kept, and it can be gone on with")
        self.anew.setToolTip("Give up what was learned with these choices, and begin")
        self._soon = QTimer(self, singleShot=True, interval=SECOND)
        self._soon.timeout.connect(self._draw)
        self._lay_out()
        self.style_button.clicked.connect(self._choose_style)
        self.folder_button.clicked.connect(self._choose_folder)
        self.start.clicked.connect(self.teaching.start)
        self.pause.clicked.connect(self.teaching.pause)
        self.anew.clicked.connect(self.teaching.begin_anew)
        self.form.edited.connect(lambda value, _: self._set(value))
        self.teaching.changed.connect(self._show)
        self.teaching.learned.connect(self._open)
        session.failed.connect(lambda lane, sentence: self.problem.say(sentence) if lane == LANE else None)
        self.resize(parent.size() * 0.8)
        self._show()
        self._draw()

    def _lay_out(self) -> None:
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setAccessibleName("How it learns")
        room.setWidget(self.form)
        files = QFormLayout()
        files.addRow("Style", self.style_button)
        files.addRow("Pictures", self.folder_button)
        left, right, both, tools = QVBoxLayout(), QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.addWidget(Text(TOLD, "dim"))
        left.addLayout(files)
        left.addWidget(room, 1)
        right.addWidget(self.seen, 3)
        right.addWidget(self.lines, 1)
        right.addWidget(self.said)
        right.addWidget(self.foretold)
        both.addLayout(left, 2)
        both.addLayout(right, 3)
        both.setSpacing(2 * GRID)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        plain(close)
        close.button(QDialogButtonBox.StandardButton.Close).setToolTip("Back to the network; a training goes on")
        for button in (self.start, self.pause, self.anew, *close.buttons()):
            button.setAutoDefault(False)  # type: ignore[attr-defined]
        for button in (self.start, self.pause, self.anew):
            tools.addWidget(button)
        tools.addStretch(1)
        tools.addWidget(close)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(both, 1)
        column.addWidget(self.lane)
        column.addWidget(self.problem)
        column.addLayout(tools)

    def _show(self) -> None:
        teaching = self.teaching
        for button, path, empty in (
            (self.style_button, teaching.style, "Choose picture…"),
            (self.folder_button, teaching.folder, "Choose folder…"),
        ):
            button.setText(shortened(Path(path).name, 30) if path else empty)
            button.setEnabled(not teaching.running)
        self.form.setEnabled(not teaching.running)
        self.start.setText("Go on" if teaching.begun else "Start")
        self.start.setEnabled(teaching.ready and not teaching.running)
        self.pause.setEnabled(teaching.running)
        self.anew.setEnabled(teaching.begun and not teaching.running)
        found = teaching.forecast
        self.foretold.say(found.sentence if found is not None and not teaching.running else "")
        self.start.setEnabled(self.start.isEnabled() and (found is None or found.fits))
        if teaching.running:
            self.problem.say("")
        if not self._soon.isActive():
            self._soon.start()

    def _draw(self) -> None:
        """Preview and lines, not oftener than one can see."""
        teaching, costs = self.teaching, self.teaching.costs
        self.seen.setCurrentWidget(self.empty if teaching.preview is None else self.view)
        if teaching.preview is not None:
            self.view.show_image(image_of(teaching.preview))
        else:
            self.empty.sentence.say(self._expected())
        few = costs[:: max(1, len(costs) // 400)]
        self.lines.show_costs(
            {"J": [c.total for c in few], "content": [c.content for c in few], "style": [c.style for c in few]}
        )
        last = f"Step {costs[-1].step:,}: J = {costs[-1].total:.4g}" if costs else "Nothing is learned yet."
        if not costs and (kept := teaching.kept):
            last = f"{kept:,} steps of this training are kept: it can be gone on with."
        self.said.say(" · ".join(filter(None, (last, teaching.note))))

    def _expected(self) -> str:
        """What will be seen where nothing is yet."""
        session = self._session
        opened = session.picture.name if session.picture is not None and not session.live else ""
        of = shortened(opened, 40) or "the style picture"
        told = f"What the network makes of {of} stands here after its first step, and then anew every {EVERY} steps."
        return told if opened else f"{told} Open a photo before you start, and it is that one."

    def _set(self, value: FastStyle) -> None:
        self._settings.set_choice("fast style", json.dumps(vars(value)))
        self.teaching.set(value)

    def _choose_style(self) -> None:
        pictures = f"Pictures ({' '.join('*' + ending for ending in PICTURE_ENDINGS)})"
        if path := ask_file(self, "Style picture", self._settings.folder("picture"), f"{pictures};;All files (*)"):
            self._settings.set_folder("picture", str(Path(path).parent))
            self._choose(style=path)

    def _choose_folder(self) -> None:
        if folder := ask_folder(self, "Pictures to learn on", self._settings.folder("picture")):
            self._choose(folder=folder)

    def _choose(self, style: str = "", folder: str = "") -> None:
        self.teaching.choose(style, folder)
        self._settings.set_choice(CHOSEN, json.dumps([self.teaching.style, self.teaching.folder]))

    def _open(self, project: Project) -> None:
        """It learned on small squares, but paints in the size that was chosen last, as any network that paints."""
        self._draw()
        from explorer.layers.painted import sized
        from explorer.network.grouping import arrived

        longest, picture = painted_size.remembered(), self._session.picture
        other = sized(project, picture.size if picture is not None else None, longest) if longest else None
        self._session.open_project(arrived(other or project, flow_direction.remembered()))


def chosen_last(settings: Settings) -> tuple[str, str]:
    """The style picture and the folder that were chosen last, "" for what is gone, or on a silent disk."""
    try:
        style, folder = map(str, json.loads(settings.choice(CHOSEN) or "[]"))
    except (TypeError, ValueError, RecursionError):
        return "", ""

    def there() -> tuple[str, str]:
        return style if Path(style).is_file() else "", folder if Path(folder).is_dir() else ""

    return disk.at_once(there, ("", ""), disk.STARTING)


def remembered(settings: Settings) -> FastStyle:
    """The settings that were chosen last, as far as they can still be."""
    try:
        return FastStyle(**json.loads(settings.choice("fast style") or "{}"))
    except (TypeError, ValueError, RecursionError):
        return FastStyle()
