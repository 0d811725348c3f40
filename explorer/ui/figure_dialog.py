"""Draws the network to be published: choices at the left, how it looks at the right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.maths.drawing import Drawing
from explorer.maths.sentences import Refusal, sentence
from explorer.network.figures.choices import FigureChoices
from explorer.ui.controls.form import Form
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.controls.roomy import Roomy
from explorer.ui.controls.words import counted
from explorer.ui.destinations import export
from explorer.ui.pictures.drawing_view import DrawingView
from explorer.ui.plain_buttons import plain
from explorer.ui.theme import GRID
from explorer.workspace.figures import LANE, ask_figure
from explorer.workspace.painting import ENDINGS, copied, paint, write_drawing
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

CENTIMETRE = 72 / 2.54

MATTERS = {"direction": ("canvas",), "abbreviate": ("volumes", "paper"), "formulas": ("volumes", "paper")}
"""Choices that mean something in some styles only, and in which."""


class FigureDialog(QDialog):
    """The figure of the open network by one's choices, which are remembered; to be written, copied or printed."""

    def __init__(
        self, parent: QWidget, session: Session, settings: Settings, title: str,
        roles: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:  # fmt: skip
        """roles: what nodes tell of a picture that is painted; the canvas style marks them."""
        super().__init__(parent)
        self._roles = dict(roles or {})
        self._session, self._settings, self._title = session, settings, title
        self.setWindowTitle("Figure")
        self.form = Form(remembered(settings))
        chosen = len(session.selection)
        self.part = QCheckBox(f"Only what is selected: {counted(chosen, 'layer')}")
        self.part.setToolTip("Draw the selected layers and the links between them")
        self.part.setHidden(chosen < 2)
        self.part.setChecked(chosen >= 2)
        self.said, self.problem = Text(role="dim", size="small"), Text(role="problem")
        self.line = LaneLine(session, LANE)
        self.preview = DrawingView()
        self.write = QPushButton("Save as…")
        self.write.setToolTip("Write the figure as SVG, PDF or PNG")
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Put the figure on the clipboard, as pixels and as SVG")
        self.print = QPushButton("Print…")
        self.print.setToolTip("Print the figure on one page")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setToolTip("Back to the network")
        close.setAutoDefault(False)
        plain(buttons)
        for button in (self.write, self.copy, self.print):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.drawing = False  # whether what is chosen is still being drawn
        self._lay_out(buttons)
        self.write.setDefault(True)
        self.resize(parent.size() * 0.85)
        self.write.clicked.connect(self._write)
        self.copy.clicked.connect(self._copy)
        self.print.clicked.connect(self._print)
        buttons.rejected.connect(self.reject)
        session.failed.connect(self._fail)
        session.work_changed.connect(self._follow)
        self.form.edited.connect(lambda *_: self._draw())
        self.part.toggled.connect(lambda _: self._draw())
        self._draw()

    @property
    def choices(self) -> FigureChoices:
        """What is chosen now."""
        choices: FigureChoices = self.form.value
        return choices

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        choices = QWidget()
        left = QVBoxLayout(choices)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GRID)
        for widget in (self.form, self.part, self.said, self.line, self.problem):
            left.addWidget(widget)
        left.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(2 * GRID)
        room = Roomy(choices, "How the figure looks", QSize(0, 20 * GRID))
        both.addWidget(room)
        both.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(both, 1)
        column.addWidget(buttons)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setFixedWidth(34 * GRID)

    def _draw(self) -> None:
        self._settings.set_choice("figure", json.dumps(vars(self.choices)))
        choices = self.choices
        for name in MATTERS:
            self.form.editor(name).setEnabled(choices.style in MATTERS[name])
        only = self._session.selection if self.part.isChecked() else ()
        self.drawing = True
        self._enable(False)
        self.problem.say("")
        ask_figure(self._session, choices, only, self._roles, lambda drawing: self._show(drawing, choices))

    def _show(self, drawing: Drawing, choices: FigureChoices) -> None:
        self.drawing = False
        self.preview.show_drawing(drawing, choices.transparent)
        letters = min((label.size for label in drawing.labels), default=0)
        size = f"{drawing.width / CENTIMETRE:.1f} × {drawing.height / CENTIMETRE:.1f} cm"
        self.said.say(f"{size}, letters from {letters:.1f} points")
        self._enable(True)

    def _fail(self, lane: str, _sentence: str) -> None:
        """There is no figure; the line says why."""
        if lane == LANE and self.isVisible():
            self.drawing = False
            self.preview.show_drawing(None)
            self.said.say("")

    def _follow(self, lane: str, progress: object) -> None:
        """Cancelled: what is seen stays, and is not what is chosen."""
        if lane == LANE and progress is None and self.drawing:
            self.drawing = False
            self.said.say("Not drawn: change a choice to draw it.")

    def _enable(self, enabled: bool) -> None:
        for button in (self.write, self.copy, self.print):
            button.setEnabled(enabled)

    def done(self, result: int) -> None:
        """Closed: nobody waits for the figure any more."""
        self.drawing = False
        self._session.cancel(LANE)
        super().done(result)

    @property
    def _drawing(self) -> Drawing:
        drawing = self.preview.drawing
        assert drawing is not None  # else no button can be pressed
        return drawing

    def _write(self) -> None:
        choices = self.choices
        path, problem = export(
            self, "Save figure", self._title, "Figures", ENDINGS,
            lambda path: write_drawing(path, self._drawing, choices.dpi, choices.transparent),
        )  # fmt: skip
        self.problem.say(problem)
        if path:
            self.said.say(f"Written: {path}")

    def _copy(self) -> None:
        try:
            QGuiApplication.clipboard().setMimeData(copied(self._drawing, self.choices.dpi, self.choices.transparent))
        except (Refusal, MemoryError) as error:
            self.problem.say(sentence(error))
            return
        self.problem.say("")
        self.said.say("Copied")

    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # nobody waits for it before

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._title)
        self.print_dialog = QPrintDialog(printer, self)
        plain(self.print_dialog)
        if self.print_dialog.exec():
            try:
                print_on(printer, self._drawing)
            except Refusal as error:
                self.problem.say(str(error))
                return
            self.problem.say("")
            self.said.say(f"Printed: {printer.outputFileName() or printer.printerName()}")


def remembered(settings: Settings) -> FigureChoices:
    """What was chosen last; what comes first where that cannot be read."""
    try:
        return FigureChoices(**json.loads(settings.choice("figure") or "{}"))
    except (ValueError, TypeError, RecursionError):  # written by another version, or by hand
        return FigureChoices()


def print_on(printer: QPrinter, drawing: Drawing) -> None:
    """Print a drawing in its size, smaller where the page is. Raises Refusal with a sentence."""
    with QPainter(printer) as painter:
        if not painter.isActive():
            raise Refusal("It was not printed: the printer does not answer, or the file cannot be written there.")
        page = QRectF(painter.viewport())
        inch = printer.resolution() / 72
        scale = min(inch, page.width() / drawing.width, page.height() / drawing.height)
        painter.scale(scale, scale)
        paint(painter, drawing)
