"""One style studio: a picture with the content of one and the style of others, watched and steered while it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal

from explorer.engine.questions import Pixels
from explorer.engine.style_questions import ForecastStyle
from explorer.maths.records import Progress
from explorer.probes.style import Style
from explorer.workspace.document import Change
from explorer.workspace.session import Session
from explorer.workspace.style_materials import StyleMaterials
from explorer.workspace.style_setup import StyleSetup
from explorer.workspace.style_timeline import Moment, Timeline
from explorer.workspace.tab import Tab

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.maths.style_records import Styled, StyleForecast

State = Literal["idle", "running", "paused", "done"]
CONTENT, STYLE, SMOOTH = "α·J_content", "β·J_style", "variation"
"""Lines of costs besides the sum and the layers."""


class StyleStudio(StyleMaterials):
    """Makes the picture in a lane of its own, so that several studios do not disturb one another.

    An edit while it runs is another question that starts from the picture so far. Going on from an earlier moment
    begins a branch: nothing is lost. Another start is a jump: the next step is a new picture, and undo goes back to the
    moment before it.

    forecast: what the settings will take, None where it is not known. unkept: the newest picture that was painted here
    and never saved nor put into the gallery, None where there is nothing to lose.
    """

    closed = Signal()  # nobody will look at it any more
    grown = Signal()  # the timeline: another picture is looked at

    def __init__(self, session: Session, tab: Tab) -> None:
        super().__init__(session, tab)
        self.lane, self.forecast_lane = f"style {self.number}", f"style forecast {self.number}"
        self.timeline = Timeline()
        self.state: State = "idle"
        self.forecast: StyleForecast | None = None
        self.unkept: Moment | None = None
        self.note = ""
        self._asked, self._asked_project = StyleSetup(), tab.project
        self._looked_with = StyleSetup()  # what held when the picture that is looked at was chosen, or asked for
        self._first: Pixels | None = None  # what the last start began with, where its settings say "current"
        self._awaited = False  # a new picture amid a run was asked for, and is not there yet
        self._watched = False
        self._soon.timeout.connect(self._follow_edit)
        session.document.changed.connect(self._follow)
        session.failed.connect(self._fail)
        session.work_changed.connect(self._hear)
        session.devices_changed.connect(self._measure_again)

    # The run

    def start(self) -> None:
        """Make a picture from the beginning; what was made before stays, as a branch."""
        if self.missing:
            return
        seen = self.timeline.moment if self.setup.settings.start == "current" else None
        self._first = None if seen is None else Pixels(seen.picture, "the picture that was seen")
        if self.timeline.now.moments:
            self.timeline = self.timeline.begun()
        self._ask(self._first, 0)

    def pause(self) -> None:
        """Stop; the picture so far stays, and can be gone on with."""
        self._cancel("paused")

    def stop(self) -> None:
        """End it here."""
        self._cancel("done")

    def go_on(self) -> None:
        """Go on from the moment that is looked at: a branch, where it is not the last one. After the last step of the
        settings, for as many steps at the last size again."""
        if self.timeline.moment is None:
            self.start()
        elif not self.missing:
            self.timeline = self.timeline.branched()
            self._go_on_from(self.timeline.now.moments[-1])

    @property
    def jumps(self) -> bool:
        """Whether the next step is a new picture, for another start was chosen since this one was looked at."""
        awaited = self._awaited and self.setup.settings.start != "current"
        otherwise = awaited or self.setup.begins_otherwise(self._looked_with)
        return otherwise and self.timeline.moment is not None

    def undo(self) -> None:
        """Take the last edit back; of another start, with the picture from before the jump."""
        before, moment, running = self.setup, self.timeline.moment, self.state == "running"
        super().undo()
        now = self.setup.beginning
        if before.beginning == now or moment is None:
            return
        jumped = (self._asked if running else moment.made).beginning == before.beginning
        place = max((i for i, one in enumerate(self.timeline.now.moments) if one.made.beginning == now), default=-1)
        if jumped and place >= 0:
            self.look(place)
            if running:
                self.go_on()
        elif not running:
            self._look_at(self.timeline)

    def look(self, place: int) -> None:
        """Look at another moment; the picture does not grow meanwhile."""
        if self.state == "running":
            self.pause()
        self._look_at(self.timeline.looked(place))

    def switch(self, branch: int) -> None:
        """Look at another branch."""
        if self.state == "running":
            self.pause()
        self._look_at(self.timeline.switched(branch))

    def _look_at(self, timeline: Timeline) -> None:
        self.timeline, self._looked_with, self._awaited = timeline, self.setup, False
        self.grown.emit()

    def begin_with(self, picture: NDArray[np.uint8], setup: StyleSetup, step: int) -> None:
        """Take in a picture (H, W, 3) uint8 that was made before, and what it was made with; it can be gone on with."""
        self.pause()
        self.edit(setup)
        if self.timeline.now.moments:
            self.timeline = self.timeline.begun()
        self.note = ""
        self._look_at(self.timeline.followed(Moment(step, picture, None, setup), {}))
        self.changed.emit()

    def close(self) -> None:
        """Stop everything; nobody will look at it any more."""
        self._watched = False
        self._soon.stop()
        self.closed.emit()
        for lane in (self.lane, self.forecast_lane):
            self._session.cancel(lane)

    def _go_on_from(self, moment: Moment) -> None:
        if self.jumps:
            self._ask(None, moment.step + 1)
        else:
            self._ask(Pixels(moment.picture, "the picture so far"), moment.step)

    def _ask(self, so_far: Pixels | None, done: int) -> None:
        session, setup = self._session, self.setup
        shown = self.picture(setup.content)
        assert shown is not None
        self._asked = self._looked_with = setup
        self._awaited = so_far is None and done > 0
        self._asked_project = self.tab.project
        self.state, self.note = "running", ""
        self._soon.stop()
        session.cancel(self.forecast_lane)
        question = setup.question(self.tab.project, shown.size, session.device or "cpu", so_far, done)
        session.ask(self.lane, question, self._show, "Making the picture")
        self.changed.emit()
        self.grown.emit()

    def _show(self, styled: Styled) -> None:
        asked, self._awaited = self._asked, False
        moment = Moment(styled.step, styled.picture, styled, asked)
        self.timeline = self.timeline.followed(moment, lines(styled, asked.settings))
        if styled.step:
            self.unkept = moment
        if styled.note:
            self.note = styled.note
        if styled.done:
            self._rest("done")
        elif styled.note:
            self.changed.emit()
        self.grown.emit()

    def _cancel(self, state: State) -> None:
        if self.state == "running":
            self.state = state  # before what is cancelled is heard of
            self._session.cancel(self.lane)
            self._rest(state)

    def _rest(self, state: State) -> None:
        """Nothing grows any more: what was changed meanwhile has no forecast yet."""
        self.state = state
        if self._watched and self.forecast is None:
            self._soon.start()
        self.changed.emit()

    def _hear(self, lane: str, progress: Progress | None) -> None:
        """Work that ended before its end was stopped elsewhere: by Cancel in the line that shows it."""
        if lane == self.lane and progress is None and self.state == "running":
            self._rest("paused")

    def _fail(self, lane: str, _sentence: str) -> None:
        if lane == self.lane:
            self._rest("paused" if self.timeline.moment else "idle")

    # What follows an edit

    def watch(self, on: bool) -> None:
        """Somebody looks: forecasts are made; or nobody does."""
        self._watched = on
        if on:
            self._soon.start()

    def _measure_again(self, _devices: object) -> None:
        self.forecast = None
        self._soon.start()

    def _edited(self) -> None:
        self.forecast = None
        super()._edited()

    def _follow(self, change: Change) -> None:
        """An edit of this tab's network: what runs goes on with it as it is now."""
        if self._session.document.tab is self.tab and change.runs_otherwise:
            self.forecast = None
            self._soon.start()
            self.changed.emit()

    def _follow_edit(self) -> None:
        """Steer what runs, or say what the new settings will take."""
        if self.missing:
            return
        if self.state == "running":
            if self.setup != self._asked or Change(self._asked_project, self.tab.project, {}, {}).runs_otherwise:
                self._steer()
        elif self._watched:
            self._forecast()

    def _steer(self) -> None:
        if self.timeline.now.moments:
            self._go_on_from(self.timeline.now.moments[-1])
        else:
            self._ask(self._first if self.setup.settings.start == "current" else None, 0)

    def _forecast(self) -> None:
        session, shown = self._session, self.picture(self.setup.content)
        assert shown is not None
        question = ForecastStyle(self.setup.question(self.tab.project, shown.size, session.device or "cpu"))

        def show(forecast: StyleForecast) -> None:
            self.forecast = forecast
            self.changed.emit()

        session.ask(self.forecast_lane, question, show, "Measuring what it will take")


def lines(styled: Styled, settings: Style) -> dict[str, tuple[list[int], list[float]]]:
    """The costs since the last answer as lines over steps: the sum, its parts with their weights, and each layer."""
    steps = [one.step for one in styled.since]
    found = {
        "J": (steps, [one.total for one in styled.since]),
        CONTENT: (steps, [settings.content_weight * one.content for one in styled.since]),
        STYLE: (steps, [settings.style_weight * one.style for one in styled.since]),
    }
    if settings.smoothness:
        found[SMOOTH] = (steps, [settings.smoothness * one.smoothness for one in styled.since])
    for name, cost in layer_costs(styled).items():
        found[name] = ([styled.step], [cost])
    return found


def layer_costs(styled: Styled) -> dict[str, float]:
    """What each layer costs without its weight, for all style pictures together, by the name of its line."""
    found: dict[str, float] = {}
    for one in styled.layers:
        name = line_name(one.node, one.kind)
        found[name] = found.get(name, 0.0) + one.cost
    return found


def line_name(node: str, role: str) -> str:
    """What the line of a layer is called."""
    return f"{node}, {role}"
