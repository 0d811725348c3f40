"""Under the picture while a video plays: how to play it, what to keep of it, and how long everything takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QPushButton, QSlider, QToolButton, QVBoxLayout, QWidget

from explorer.ui.controls.labels import Text
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.sign_button import sign_button
from explorer.ui.pictures.live_numbers import LiveNumbers
from explorer.ui.pictures.video_sources import Videos
from explorer.ui.theme import GRID
from explorer.workspace.video.habits import AHEAD, LOOP, MIRROR, kept
from explorer.workspace.video.live import Live
from explorer.workspace.video.source import Frame

SPEEDS = {"¼ ×": 0.25, "½ ×": 0.5, "1 ×": 1.0, "2 ×": 2.0, "4 ×": 4.0}
STEPS = 1000
"""Of the slider."""
OFTEN = 250
"""Milliseconds from one writing of the numbers to the next: quicker than that they cannot be read."""
WIDEST = "00:00 / 00:00"
"""Of what is said of the time."""
AT_ONCE = "Do not wait for the network: show what was found in an older frame"


class LiveBar(QWidget):
    """Play, seek, stop, and a menu with the rest; shown while there is a source. `keep` fills the menu's end.

    `videos` opens once more what ended by itself, such as a camera that was unplugged; and something else to look at
    where there is no camera.
    """

    def __init__(self, live: Live, keep: Callable[[QMenu], None], videos: Videos) -> None:
        super().__init__()
        self._live, self._keep, self._videos = live, keep, videos
        self.setAccessibleName("Video player")
        self.on = Text("● Camera on", role="problem", wrap=False)
        self.play = sign_button("▶", "Play or pause (Space)", self.toggle)
        self.stop = sign_button("■", "Stop, and let go of the video or the camera", live.stop)
        self.place = QSlider(Qt.Orientation.Horizontal)
        self.place.setRange(0, STEPS)
        self.place.setSingleStep(STEPS // 100)
        self.place.setPageStep(STEPS // 20)
        self.place.setAccessibleName("Place in the video")
        self.place.setMinimumWidth(6 * GRID)
        self.place.actionTriggered.connect(lambda _: self._seek(self.place.sliderPosition()))
        self.time = Text(role="dim", size="small", wrap=False)
        self.menu = Menu(self)
        self.menu.aboutToShow.connect(self._fill)
        self.more = QToolButton(autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setText("…")
        self.more.setAccessibleName("Speed, mirror, what to keep")
        self.more.setMenu(self.menu)
        self.numbers = LiveNumbers()
        self.problem = Text(role="problem", size="small")
        self.again = QPushButton("Start again")
        self.again.hide()
        self.again.clicked.connect(videos.again)
        self.samples = QPushButton("Play the sample photos")
        self.samples.setToolTip("Nothing but photos that came with the program, seen as a camera would see them")
        self.samples.hide()
        self.samples.clicked.connect(videos.open_samples)
        self._tools = QWidget()
        self._row, self._narrow = QGridLayout(), False
        self._row.setSpacing(GRID // 2)
        self._row.setColumnStretch(2, 1)
        for place, widget in enumerate((self.play, self.stop, self.place, self.time, self.more)):
            self._row.addWidget(widget, 0, place)
        inner, column = QVBoxLayout(self._tools), QVBoxLayout(self)
        for layout in (inner, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(GRID // 2)
        inner.addWidget(self.on)
        inner.addLayout(self._row)
        inner.addWidget(self.numbers)
        column.addWidget(self._tools)
        column.addWidget(self.problem)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.samples, 0, Qt.AlignmentFlag.AlignLeft)
        self._soon = QTimer(self, interval=OFTEN)
        self._soon.timeout.connect(self._write)
        live.changed.connect(self._follow)
        live.shown.connect(self._show)
        live.said.connect(self._say)
        live.lost.connect(self.again.show)
        self._follow()

    def _fit(self) -> None:
        """The time below the slider where it has no room beside it."""
        wide = self.time.fontMetrics().horizontalAdvance(WIDEST)
        buttons = sum(button.sizeHint().width() for button in (self.play, self.stop, self.more))
        narrow = buttons + self.place.minimumWidth() + wide + 2 * GRID > self.width()
        self.time.setFixedWidth(wide)
        if narrow is not self._narrow:
            self._narrow = narrow
            self._row.addWidget(self.time, *((1, 0, 1, 5) if narrow else (0, 3, 1, 1)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self._fit)  # once its words have their new size

    def toggle(self) -> None:
        """Play, or pause."""
        source = self._live.source
        if source is not None and source.playing:
            source.pause()
        elif source is not None:
            source.play()

    def _say(self, sentence: str) -> None:
        self.problem.say(sentence)
        if not sentence:
            self.again.hide()
        self.samples.setVisible(bool(sentence) and self._live.source is None and self._videos.asked_camera)
        self.setVisible(bool(sentence) or self._live.source is not None)

    def _follow(self) -> None:
        source = self._live.source
        self._tools.setVisible(source is not None)
        self._say(self.problem.text())
        if source is None:
            self._soon.stop()
            return
        if not self._soon.isActive():  # a source that was just opened
            self._say("")
            self.numbers.clear()
            self._soon.start()
        self.on.setVisible(self._live.camera_on)
        self.play.setText("❚❚" if source.playing else "▶")
        for widget in (self.place, self.time):
            widget.setEnabled(bool(source.duration))

    def _show(self, frame: Frame) -> None:
        source = self._live.source
        if source is None or not source.duration:
            return
        if not self.place.isSliderDown():
            self.place.setValue(round(STEPS * frame.time / source.duration))
        self.time.say(f"{clock(frame.time)} / {clock(source.duration)}")

    def _write(self) -> None:
        live = self._live
        self.numbers.show_numbers(live.meter, time.monotonic(), live.behind if live.ahead else 0.0)

    def _seek(self, step: int) -> None:
        if self._live.source is not None:
            self._live.source.seek(self._live.source.duration * step / STEPS)

    def _fill(self) -> None:
        menu, source, live = self.menu, self._live.source, self._live
        menu.clear()
        if source is None:
            return
        if source.duration:
            speeds = menu.addMenu("Speed")
            for text, speed in SPEEDS.items():
                self._choice(speeds, text, speed == source.speed, partial(self._set_speed, speed))
            self._choice(menu, "Loop", source.loop, kept(LOOP, source.set_loop))
        mirror = kept(MIRROR, source.set_mirrored) if source.is_camera else source.set_mirrored
        self._choice(menu, "Mirror", source.mirrored, mirror)
        self._choice(menu, "Show frames at once", live.ahead, kept(AHEAD, live.set_ahead), AT_ONCE)
        menu.addSeparator()
        self._keep(menu)

    def _set_speed(self, speed: float, _on: bool = True) -> None:
        if self._live.source is not None:
            self._live.source.set_speed(speed)

    def _choice(self, menu: QMenu, text: str, on: bool, do: Callable[[bool], object], tip: str = "") -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(on)
        action.setToolTip(tip)
        action.triggered.connect(do)


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
