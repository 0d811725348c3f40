"""The line at the bottom: what the worker does, what the network costs, what it runs on."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QStatusBar, QToolButton

from explorer.maths.records import Device, Progress
from explorer.network.analysis import faulty
from explorer.ui.controls.following import Following
from explorer.ui.controls.labels import PATIENCE, Text
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.words import conventions_in_words, counted, sums_in_words
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

GIB = 1 << 30
WORK, BAR, WIDE, LEAST, BETWEEN = 36 * GRID, 20 * GRID, 36 * GRID, 40 * GRID, 8 * GRID
"""Pixels: of what is being done, of its bar, of the totals and the device where there is room, of the whole line where
there is least, and of what lies between its parts."""


NONE = "No problems"
"""On the button that is not seen then: without words it would want another height, and the whole window would be laid
out and painted for that."""


class MenuButton(QToolButton):
    """Opens a menu; there is room for the sign of it beside the text, which Qt would draw over its end."""

    def __init__(self, name: str) -> None:
        super().__init__(autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(2 * GRID, 0)


class Status(QStatusBar):
    """Work with progress and a stop button on the left; totals, how they are counted, and the device on the right.

    ways: a menu of conventions, which the window fills.
    """

    problem_requested = Signal(str)  # id of the layer to go to

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setSizeGripEnabled(False)
        self.setContentsMargins(GRID // 2, 0, 0, 0)
        self._work = Text(wrap=False)
        self._work.setFixedWidth(WORK)  # the same for every text: the window is not laid out anew for each
        self._soon = QTimer(self, singleShot=True, interval=PATIENCE)
        self._soon.timeout.connect(self._show_work)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setMaximumSize(BAR, 12)
        self._stop = QToolButton(autoRaise=True)
        self._stop.clicked.connect(self._stop_work)
        self._totals = Text(wrap=False)
        self._totals.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)  # gives way in a small window
        self._ways = MenuButton("How numbers are counted and written")
        self.ways = Menu(self)
        self._ways.setMenu(self.ways)
        self._problems = QToolButton(autoRaise=True)
        self._problems.setToolTip("Go to the first layer that has a problem itself")
        self._problems.clicked.connect(self._go_to_problem)
        self._device = MenuButton("Device networks run on")
        self.devices = Menu("&Device", self)
        self._device.setMenu(self.devices)
        for widget in (self._work, self._bar, self._stop):
            self.addWidget(widget)
        self.addPermanentWidget(self._totals)
        self.addPermanentWidget(self._ways)
        self.addPermanentWidget(self._problems)
        self.addPermanentWidget(self._device)
        session.work_changed.connect(self._follow_work)
        session.worker.state_changed.connect(lambda *_: self._show_work())
        session.devices_changed.connect(self._show_devices)
        self._following = Following(self, session, lambda _: self._show_totals())
        session.conventions_changed.connect(lambda _: self._show_totals())
        self._narrow = False
        self._show_work()
        self._show_totals()
        self._show_devices(session.devices)

    def minimumSizeHint(self) -> QSize:
        """As narrow as it is with what a small window has room for."""
        return QSize(LEAST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._show_ways()

    def _fit(self) -> None:
        """In a small window there are short words, and no button that only says how numbers are counted."""
        buttons = self._stop, self._ways, self._problems
        narrow = self.width() < WORK + BAR + WIDE + sum(button.sizeHint().width() for button in buttons)
        if narrow != self._narrow:
            self._narrow = narrow
            self._work.setFixedWidth(WORK // 2 if narrow else WORK)
            self._bar.setMaximumWidth(BAR // 2 if narrow else BAR)
            self._show_totals()
            self._show_devices(self.session.devices)

    def _follow_work(self, _lane: str, progress: Progress | None) -> None:
        """Work that is done at once is not worth a flicker."""
        if progress is None or not self._bar.isHidden():
            self._soon.stop()
            self._show_work()
        elif not self._soon.isActive():
            self._soon.start()

    def _show_work(self) -> None:
        lane, progress = self._current()
        state = self.session.worker.state
        if progress is not None:
            text = f"{progress.text} (torch is starting)" if state == "starting" else progress.text
            if lane == "model" and (waiting := self.session.openings.count):
                text = f"{waiting} more after this: {text}"
        else:
            text = {"starting": "torch is starting", "ready": "Ready", "down": "Networks cannot be run"}[state]
        self._work.say(text)
        self._bar.setVisible(progress is not None or state == "starting")
        self._bar.setRange(0, 1000 if progress is not None and progress.total else 0)
        if progress is not None and progress.total:
            self._bar.setValue(int(1000 * progress.done / progress.total))
        self._stop.setText("Try again" if state == "down" else "Stop")
        self._stop.setToolTip("Start torch once more" if state == "down" else "Stop this work")
        self._stop.setVisible(state == "down" or lane not in ("", "save"))
        self._show_ways()

    def _current(self) -> tuple[str, Progress | None]:
        """The lane whose work the user most likely waits for."""
        for lane in ("model", "library", "save", "export", "compare", "picture", "predict", "maps"):
            if progress := self.session.work.get(lane):
                return lane, progress
        return "", None

    def _stop_work(self) -> None:
        if self.session.worker.state == "down":
            self.session.try_again()
        else:
            self.session.cancel(self._current()[0])

    def _show_totals(self) -> None:
        facts = self.session.document.facts
        sums = self.session.document.sums
        figures = " · ".join(sums_in_words(sums, self.session.conventions))
        self._totals.say(f"{counted(len(facts), 'layer')} · {figures}" if facts else "")
        self._ways.setText(conventions_in_words(self.session.conventions))
        self._problems.setText(sums.problem or NONE)
        self._problems.setAccessibleName(f"{self._problems.text()}: go to the problem")
        self._problems.setVisible(bool(sums.problem))
        self._show_ways()

    def _show_ways(self) -> None:
        """How numbers are counted gives way to the numbers where a problem stands beside them."""
        beside = [w for w in (self._bar, self._stop, self._totals, self._problems, self._device) if not w.isHidden()]
        wanted = WORK + sum(widget.sizeHint().width() for widget in (*beside, self._ways)) + BETWEEN
        fits = not self.session.document.sums.problem or wanted < self.width()
        self._ways.setVisible(bool(self.session.document.facts) and not self._narrow and fits)

    def _go_to_problem(self) -> None:
        self._following.finish()
        for id in faulty(self.session.document.facts)[:1]:
            self.session.select((id,))
            self.problem_requested.emit(id)

    def _show_devices(self, devices: tuple[Device, ...]) -> None:
        self.devices.clear()
        group = QActionGroup(self.devices)
        for device in devices:
            action = QAction(_named(device), group, checkable=True, checked=device.id == self.session.device)
            action.triggered.connect(lambda _checked=False, id=device.id: self.session.set_device(id))
            self.devices.addAction(action)
        chosen = next((d for d in devices if d.id == self.session.device), None)
        self._device.setText((chosen.id.upper() if self._narrow else _named(chosen)) if chosen else "…")
        self._device.setToolTip(_named(chosen) if chosen else "")
        self._device.setEnabled(bool(devices))


def _named(device: Device) -> str:
    return f"{device.id.upper()} · {device.name} · {device.memory / GIB:.0f} GiB"
