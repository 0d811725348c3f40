"""Asks for a block's settings, and says what would come out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from explorer.classics.blocks import Block
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse, totals
from explorer.network.conventions import Conventions
from explorer.network.layer import ShapeError
from explorer.network.project import Project
from explorer.network.settings import Letters
from explorer.ui.canvas.edits import with_block
from explorer.ui.controls.form import Form
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import counted, source, sums_in_words, told
from explorer.ui.controls.written import Written
from explorer.ui.plain_buttons import plain
from explorer.ui.theme import GRID


class BlockDialog(QDialog):
    """One form for any block; `outlook` says what a block would make, or refuses it with a sentence."""

    def __init__(self, parent: QWidget, block: Block, letters: Letters, outlook: Callable[[Block], str]) -> None:
        super().__init__(parent)
        self._outlook = outlook
        self.setWindowTitle(f"Add {block.kind}")
        self.setAccessibleName("Block")
        self.setMinimumWidth(44 * GRID)
        self.form = Form(block, letters)
        self.said, self.problem = Text(), Text(role="problem")
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        plain(self.buttons)
        self.buttons.button(buttons.Ok).setText("Add")
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        for widget in (
            Text(block.kind, size="title"), Text(told(type(block))), Text(source(type(block)), "dim", "small"),
            self.form, self.said, self.problem, self.buttons,
        ):  # fmt: skip
            column.addWidget(widget)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.form.edited.connect(lambda *_: self._show())
        self.form.confirmed.connect(self.buttons.button(QDialogButtonBox.StandardButton.Ok).click)
        if isinstance(self.form.first, Written):
            self.form.first.selectAll()  # what is typed replaces it
        self._show()

    def event(self, event: QEvent) -> bool:
        """Grow where a sentence comes that finds no room: the fields would give theirs."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and (column := self.layout()):
            self.resize(self.width(), max(self.height(), column.totalHeightForWidth(self.width())))
        return done

    @property
    def block(self) -> Block:
        """The block as it is set now."""
        block: Block = self.form.value
        return block

    def _show(self) -> None:
        said, problem = "", ""
        try:
            said = self._outlook(self.block)
        except Refusal as refusal:
            problem = str(refusal)
        self.said.say(said)
        self.problem.say(problem)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)


def outlook(project: Project, block: Block, after: str, conventions: Conventions) -> str:
    """What a block behind a node puts out, and what it costs. Raises Refusal where it does not fit."""
    project, last = with_block(project, block, after)
    facts = analyse(project.network)
    new = {id: fact for id, fact in facts.items() if id.startswith(last.partition(".")[0] + ".")}
    for fact in new.values():
        if fact.problem:
            raise ShapeError(fact.problem)
    came, goes = (conventions.shape(facts[id].shape or ()) for id in (after, last))
    parameters, work = sums_in_words(totals(new), conventions)
    return f"{came} → {goes}\n{counted(len(new), 'layer')}, {parameters}, {work}"
