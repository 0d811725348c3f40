"""What hangs on channels: those that are off, the answer before and after, and a node's channels by their effect."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.effects import ChannelEffects, Outcome, Shift
from explorer.maths.records import Place
from explorer.maths.sentences import shortened
from explorer.network.ablation import Ablation, in_words
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.words import plain_tip, share_in_words
from explorer.ui.pictures.channel_switch import ChannelSwitch
from explorer.ui.pictures.picture_sources import choose_picture
from explorer.ui.tables.bar_rows import BarList, Row, nothing
from explorer.ui.theme import GRID
from explorer.workspace.ablating import clear, factors_of, set_factors, toggle
from explorer.workspace.effects import OUTCOME, RANKING, Effects
from explorer.workspace.session import Session

BY = ("by probability", "by score")
"""What a class loses: its share, or the number before the softmax, which still tells where a network is sure."""
NONE_OFF = "Nothing is switched off: pick a channel in Activations and press Delete, or rank channels here."
SHARES = 3, 4, 3
"""Of the width, for each list."""
SEEN = (
    "Everything that runs the network runs it so. Filters and weights are shown as they are, and files for other "
    "programs have all channels on; only a project keeps this."
)
"""What is changed by switching channels off, and what is not."""


class EffectsPanel(QWidget):
    """Three lists side by side, and below them what is ranked."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._document = session, session.document
        self.effects = Effects(session)
        self.setAccessibleName("Effects")
        self.setMinimumSize(45 * GRID, 26 * GRID)
        self.empty = Empty("")
        self.button = self.empty.add_button("Open picture…")
        self.button.clicked.connect(lambda: choose_picture(self, session))
        self.off = BarList("Channels that are switched off or scaled")
        self.shifts = BarList("The answer before and after")
        self.ranking = BarList("Channels by their effect")
        self.off_title, self.shifts_title, self.ranking_title = (Text(size="small", wrap=False) for _ in range(3))
        self.note = Text(NONE_OFF, role="dim", size="small")
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setAccessibleDescription(SEEN)
        self.switch = ChannelSwitch(session)
        self.target = QComboBox()
        self.target.setAccessibleName("The class whose loss is measured")
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.target.setMinimumContentsLength(10)
        self.by = QComboBox()
        self.by.addItems(BY)
        self.by.setAccessibleName("What channels are ordered by")
        self.rank = QPushButton("Rank channels")
        self.all_on = QPushButton("All on")
        self.all_on.setToolTip("Let every channel of the network through as it is")
        self.lanes = LaneLine(session, RANKING), LaneLine(session, OUTCOME)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._page())
        column = panel_column(self)
        for lane in self.lanes:
            column.addWidget(lane)
        column.addWidget(self.stack, 1)
        self.off.picked.connect(self._look_at_changed)
        self.off.switched.connect(lambda rows: self._switch_on([self._listed[row] for row in rows]))
        self.ranking.picked.connect(self._look_at_ranked)
        self.ranking.switched.connect(self._toggle_ranked)
        self.all_on.clicked.connect(lambda: clear(self._document))
        self.rank.clicked.connect(self.effects.rank)
        self.by.currentIndexChanged.connect(lambda _: self._show())
        self.target.activated.connect(lambda i: self.effects.aim(self.target.itemData(i)))
        self.effects.changed.connect(self._show)
        self._document.changed.connect(lambda _: self._show())
        session.prediction_changed.connect(lambda _: self._offer())
        session.selection_changed.connect(lambda _: self._show())
        session.picture_changed.connect(lambda _: self._show())
        self._offer()

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def showEvent(self, event: QShowEvent) -> None:
        self.effects.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.effects.watch(False)

    def _page(self) -> QWidget:
        self.switch.slider.hide()  # a number suffices where there is little room
        lists = self.lists = QSplitter()
        lists.setChildrenCollapsible(False)
        lists.addWidget(_titled(self.off_title, self.note, self.off, self.switch))
        lists.addWidget(_titled(self.shifts_title, self.shifts))
        lists.addWidget(_titled(self.ranking_title, self.ranking))
        for place, share in enumerate(SHARES):
            lists.setStretchFactor(place, share)
        tools = QHBoxLayout()
        for widget in (self.all_on, self.target, self.by, self.rank):
            tools.addWidget(widget)
        tools.insertStretch(1, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(lists, 1)
        column.addLayout(tools)
        return page

    def _give_room(self, place: int, wanted: bool) -> None:
        """Show one of the lists where it has something to show: empty it would be a blank box."""
        part = self.lists.widget(place)
        if part is not None and part.isHidden() == wanted:
            part.setVisible(wanted)
            self.lists.setSizes([share * self.lists.width() for share in SHARES])

    @property
    def _listed(self) -> tuple[Ablation, ...]:
        return self._document.project.ablations

    def _offer(self) -> None:
        """The classes that channels can be ranked by."""
        guesses = self._session.prediction.top if self._session.prediction else ()
        self.target.clear()
        self.target.addItem("likeliest class", None)
        for guess in guesses:
            if self.target.findData(guess.index) < 0:
                self.target.addItem(shortened(guess.label, 40), guess.index)
        aimed = self.effects.target
        if aimed is not None and self.target.findData(aimed) < 0:
            labels = self._document.project.recipe.labels
            self.target.addItem(labels[aimed] if aimed < len(labels) else f"class {aimed}", aimed)
        self.target.setCurrentIndex(max(0, self.target.findData(aimed)))
        self._show()

    def _show(self) -> None:
        session = self._session
        self.stack.setCurrentIndex(int(session.picture is not None and bool(self._document.facts)))
        self.button.setHidden(session.picture is not None)
        self.empty.sentence.say(
            "Open a network, or build one, to see what hangs on its channels."
            if session.picture is not None
            else "Open a picture to see what hangs on single channels: switch them off, and watch the answer change."
        )
        self.rank.setEnabled(bool(self.effects.ranked))
        self.rank.setToolTip(
            plain_tip(f"Switch off each channel of {self.effects.ranked} in turn, and see what the class loses")
            if self.effects.ranked
            else "Select a layer: each of its channels is switched off in turn"
        )
        self._show_changed()
        self._show_outcome(self.effects.outcome)
        self._show_ranking(self.effects.ranking)

    def _show_changed(self) -> None:
        listed = self._listed
        self.off_title.say(in_words([one.factor for one in listed]) or "All channels are on")
        self.off_title.setToolTip(plain_tip(SEEN))
        self.note.say("" if listed else NONE_OFF)
        self.off.setVisible(bool(listed))
        self.all_on.setEnabled(bool(listed))

        def row(number: int) -> Row:
            one = listed[number]
            there = one.channel in factors_of(self._document, one.node)
            figure = ("off" if not one.factor else f"×{one.factor:g}") if there else "no such channel"
            return Row(f"{one.node} · {one.channel}", figure, tip=f"{one.node}, channel {one.channel}: {figure}")

        self.off.show_rows(len(listed), row, (listed, id(self._document.facts)))

    def _show_outcome(self, outcome: Outcome | None) -> None:
        shifts = outcome.shifts if outcome else ()
        self.shifts_title.say("Before → after" if shifts else "")
        self._give_room(1, bool(shifts))
        most = max((abs(shift.change) for shift in shifts), default=0.0) or 1.0
        self.shifts.show_rows(len(shifts), lambda number: _shifted(shifts[number], most), outcome)

    def _show_ranking(self, found: ChannelEffects | None) -> None:
        self._give_room(2, found is not None)
        if found is None:
            self.ranking_title.say("")
            self.ranking.show_rows(0, nothing, None)
            return
        by_score = self.by.currentText() == BY[1]
        falls, order = (found.score_falls if by_score else found.falls), found.ordered(by_score)
        stale = ", before the last change" if self.effects.stale else ""
        self.ranking_title.say(f"{'Score' if by_score else 'Points'} of {found.label} · {found.node}{stale}")
        most = float(abs(falls[order]).max()) if len(order) else 0.0
        off = factors_of(self._document, found.node)

        def row(number: int) -> Row:
            channel = int(order[number])
            fall = float(falls[channel])
            figure = _signed(f"{-fall:+.3g}" if by_score else f"{-100 * fall:+.2f}")
            tip = f"Without channel {channel} of {found.node}: {figure}{'' if by_score else ' points'}"
            return Row(f"channel {channel}", figure, "", -fall / (most or 1.0), tip, off.get(channel) == 0)

        self.ranking.show_rows(len(order), row, (id(found), by_score, tuple(off.items())))

    def _look_at_changed(self, row: int) -> None:
        if row < len(self._listed):
            self._look_at(self._listed[row].node, self._listed[row].channel)

    def _look_at_ranked(self, row: int) -> None:
        if self.effects.ranking is not None:
            self._look_at(self.effects.ranking.node, self._channels([row])[0])

    def _look_at(self, node: str, channel: int) -> None:
        """At the number in the middle of the channel, unless one of its numbers is picked already."""
        place, shape = self._session.place, self._document.facts[node].shape or ()
        if channel < (shape[0] if shape else 0) and (place is None or (place.node, place.channel) != (node, channel)):
            height = shape[1] if len(shape) > 1 else 1
            width = shape[2] if len(shape) == 3 else 1
            self._session.look_at(Place(node, channel, height // 2, width // 2))

    def _channels(self, rows: list[int] | tuple[int, ...]) -> tuple[int, ...]:
        found = self.effects.ranking
        order = found.ordered(self.by.currentText() == BY[1]) if found else ()
        return tuple(int(order[row]) for row in rows)

    def _toggle_ranked(self, rows: tuple[int, ...]) -> None:
        if self.effects.ranking is not None:
            toggle(self._document, self.effects.ranking.node, self._channels(rows))

    def _switch_on(self, these: list[Ablation]) -> None:
        for node in dict.fromkeys(one.node for one in these):
            set_factors(self._document, node, {one.channel: 1.0 for one in these if one.node == node})

    def text(self) -> str:
        """The ranking, or without one the answer before and after, as tab-separated lines."""
        found, shifts = self.effects.ranking, self.effects.outcome.shifts if self.effects.outcome else ()
        if found is not None:
            lines = (f"{i}\t{found.falls[i]:.6g}\t{found.score_falls[i]:.6g}" for i in found.order)
            return "\n".join(["channel\tfall of probability\tfall of score", *lines])
        return "\n".join(f"{one.label}\t{_part(one.before)}\t{_part(one.after)}" for one in shifts)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu, rows = Menu(self), self.ranking.selected
        menu.addAction("Switch the selected channels off, or on\tDel", lambda: self._toggle_ranked(rows)).setEnabled(
            bool(rows)
        )
        menu.addAction("Copy as text", self._copy).setEnabled(bool(self.text()))
        choose_from(menu, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.text():
            self._copy()
        else:
            super().keyPressEvent(event)


def _titled(*widgets: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID // 2)
    for widget in widgets:
        column.addWidget(widget, 1 if isinstance(widget, BarList) else 0)
    column.addStretch(0)
    return page


def _shifted(shift: Shift, most: float) -> Row:
    detail, points = f"{_part(shift.before)} → {_part(shift.after)}", _signed(f"{100 * shift.change:+.1f} points")
    return Row(shift.label, points, detail, shift.change / most)


def _part(share: float | None) -> str:
    return "not found" if share is None else share_in_words(share)


def _signed(number: str) -> str:
    return number.replace("-", "−")
