"""Switches the picked channel off and on again, or scales it, and its neighbours with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from explorer.maths.records import FeatureMaps, Place
from explorer.network.ablation import GREATEST
from explorer.ui.controls.fraction import Fraction
from explorer.ui.controls.words import counted, plain_tip
from explorer.ui.theme import GRID
from explorer.workspace.ablating import clear, factor_of, factors_of, set_factors, toggle
from explorer.workspace.session import Session

STEP = 0.05
"""From one place of the slider to the next."""
SHARES = (10, 25, 50, 75, 90)
"""Per cent of the channels that can be switched off together, those of the least mean."""


class ChannelSwitch(QWidget):
    """A button and a slider for the picked channel; without one it takes no room."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._document = session, session.document
        self.place: Place | None = None
        self.button = QToolButton()
        self.button.setCheckable(True)
        self.button.setText("Off")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round(2 / STEP))
        self.slider.setPageStep(round(0.5 / STEP))
        self.slider.setFixedWidth(10 * GRID)
        self.number = Fraction(-GREATEST, GREATEST, STEP, decimals=2)
        self.number.setPrefix("×")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        for widget in (self.button, self.slider, self.number):
            row.addWidget(widget)
        for widget in (self.slider, self.number):
            widget.setAccessibleName("Factor of the channel")
        self.button.clicked.connect(lambda _: self.toggle())
        self.slider.valueChanged.connect(lambda at: self._set(at * STEP, dragged=True))
        self.number.valueChanged.connect(self._set)
        session.place_changed.connect(self.follow)
        self._document.changed.connect(lambda _: self.follow(session.place))
        self.follow(session.place)

    def follow(self, place: Place | None) -> None:
        """Show what the channel of another number is multiplied by."""
        self.place = place
        self.setVisible(place is not None)
        if place is None:
            return
        factor = factor_of(self._document, place.node, place.channel)
        for widget in (self.slider, self.number):
            widget.blockSignals(True)
        self.button.setChecked(factor == 0)
        self.slider.setValue(round(factor / STEP))
        self.number.setValue(factor)
        for widget in (self.slider, self.number):
            widget.blockSignals(False)
        which = f"channel {place.channel} of {place.node}"
        self.button.setAccessibleName(f"Switch {which} {'on' if factor == 0 else 'off'}")
        self.button.setToolTip(plain_tip(f"Let nothing of {which} through: later layers see zeros (Delete)"))
        for widget in (self.slider, self.number):
            widget.setAccessibleName(f"Factor of {which}")
            widget.setToolTip(plain_tip(f"What {which} is multiplied by before later layers see it"))

    def toggle(self) -> None:
        """Switch the picked channel off, or on."""
        if self.place is not None:
            toggle(self._document, self.place.node, (self.place.channel,))

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key was meant for the switch."""
        if event.key() not in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) or self.place is None:
            return False
        self.toggle()
        return True

    def fill(self, menu: QMenu, maps: FeatureMaps | None) -> None:
        """Add what can be done with the picked channel and with all of the node's."""
        if maps is None:
            return
        node, count = maps.node, len(maps.values)
        changed = factors_of(self._document, node)
        place = self.place if self.place is not None and self.place.node == node else None
        if place is not None:
            off = factor_of(self._document, node, place.channel) == 0
            menu.addAction(f"Switch channel {place.channel} {'on' if off else 'off'}\tDel", self.toggle)
            others = dict.fromkeys((i for i in range(count) if i != place.channel), 0.0)
            menu.addAction(
                f"Switch off all but channel {place.channel}",
                lambda: set_factors(self._document, node, {**others, place.channel: 1.0}),
            )
        weakest = maps.statistics.order("mean")[::-1].tolist()
        some = menu.addMenu("Switch off those of the least mean")
        for share in SHARES:
            these = weakest[: count * share // 100]
            action = some.addAction(f"{share} %, {counted(len(these), 'channel')}")
            action.setEnabled(bool(these))
            action.triggered.connect(lambda _=False, these=these: self._switch_off(node, these))
        action = menu.addAction(f"Switch on all channels of {node}", lambda: clear(self._document, node))
        action.setEnabled(bool(changed))

    def _switch_off(self, node: str, channels: list[int]) -> None:
        set_factors(self._document, node, dict.fromkeys(channels, 0.0))

    def _set(self, factor: float, dragged: bool = False) -> None:
        if self.place is not None:
            set_factors(self._document, self.place.node, {self.place.channel: round(factor, 2)}, dragged)
