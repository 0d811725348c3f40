"""The labs: small calculations that one takes into one's hands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from explorer.ui.controls.lab import Lab
from explorer.ui.controls.labels import Text
from explorer.ui.controls.roomy import Roomy, Stack
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.labs import anchors, gram, landmarks, loss, overlap, pyramid, sliding, stages, targets
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

LABS: dict[str, Callable[[Session], Lab]] = {
    overlap.TITLE: overlap.OverlapLab,
    targets.TITLE: targets.TargetsLab,
    sliding.TITLE: sliding.SlidingLab,
    pyramid.TITLE: pyramid.PyramidLab,
    anchors.TITLE: anchors.AnchorsLab,
    loss.TITLE: loss.LossLab,
    stages.TITLE: stages.StagesLab,
    landmarks.TITLE: landmarks.LandmarksLab,
    gram.TITLE: gram.GramLab,
}
"""What makes each lab, by its title."""


class LabsPage(QWidget):
    """A list of labs, and the chosen one, which is made when it is first chosen; Escape goes back."""

    back_requested = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._made: dict[str, Lab] = {}
        self.setAccessibleName("Labs")
        self.setProperty(WHOLE_WINDOW, True)
        self.list = QListWidget()
        self.list.addItems(list(LABS))
        self.list.setAccessibleName("Labs")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stack = Stack()
        back = QPushButton("Back")
        back.clicked.connect(self.back_requested)
        self.side = QWidget()
        side = QVBoxLayout(self.side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(GRID)
        side.addWidget(Text("Labs", size="title", wrap=False))
        side.addWidget(self.list, 1)
        side.addWidget(back)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.side)
        row.addWidget(Roomy(self.stack, "The lab"), 1)
        self.setFocusProxy(self.list)
        self.list.currentTextChanged.connect(self.show_lab)
        self.list.itemActivated.connect(lambda _: self.lab.setFocus())
        self.list.setCurrentRow(0)
        self._fit()

    def _fit(self) -> None:
        """As wide as the longest title, in whatever size the theme writes it; a narrow page has them break."""
        longest = max(self.list.fontMetrics().horizontalAdvance(title) for title in LABS)
        self.list.setFixedWidth(max(22 * GRID, min(longest + 3 * GRID, self.width() // 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            QTimer.singleShot(0, self, self._fit)  # once its words have their new size

    @property
    def lab(self) -> Lab:
        """The lab that is shown."""
        return self._made[self.list.currentItem().text()]

    def show_lab(self, title: str) -> None:
        """Show one of the labs, by its title."""
        if title not in self._made:
            self._made[title] = LABS[title](self._session)
            self._made[title].present(self.side.isHidden())
            self.stack.addWidget(self._made[title])
        self.stack.setCurrentWidget(self._made[title])
        self.list.setCurrentRow(list(LABS).index(title))

    def present(self, before_a_class: bool) -> None:
        """Show nothing but the lab, or the list of labs and what they are about again."""
        self.side.setVisible(not before_a_class)
        for lab in self._made.values():
            lab.present(before_a_class)

    def step_on(self, way: int) -> bool:
        """Go one step on in the lab, or back, and behind its last one to the next lab; False where there is none."""
        if self.lab.step_on(way):
            return True
        row = self.list.currentRow() + way
        if there := 0 <= row < len(LABS):
            self.list.setCurrentRow(row)
            self.lab.setFocus()
        return there

    def event(self, event: QEvent) -> bool:
        """Undo and redo are the lab's while its page has the keys, not the network's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.lab.meant(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if act := self.lab.meant(event):
            act()
        elif event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)
