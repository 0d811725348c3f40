"""Lab: from R-CNN to one shot, with times measured here."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.classics.stages import TRUNKS
from explorer.maths.lab_records import StageTimes
from explorer.maths.stages import worked_times
from explorer.network.formulas import worked_row
from explorer.network.settings import setting
from explorer.ui.controls.form import Form
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab, lab_button
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.pictures.time_bars import TimeBars, in_words
from explorer.ui.tables.plain_table import PlainTable
from explorer.workspace.lab_work import LabWork
from explorer.workspace.session import Session

TITLE = "From R-CNN to one shot"
TEACHES = (
    "R-CNN runs a network for each of some 2,000 regions; Fast R-CNN runs its convolutions once for all of them, "
    "Faster R-CNN proposes fewer regions itself, YOLO answers in one pass. The parts are run and timed here."
)
KEYS = "Choose network, picture and regions, and press Measure. Times of settings that were measured stay."
LANE = "lab times"
NAMES = ("R-CNN", "Fast R-CNN", "Faster R-CNN", "YOLO")
SHORT = dict(zip(NAMES, ("R-CNN", "Fast", "Faster", "YOLO"), strict=True))
"""For formulas."""


@dataclass(frozen=True)
class Settings:
    """What is timed."""

    network: str = setting("AlexNet", "choice", "whose layers are taken apart", choices=tuple(TRUNKS))
    picture: int = setting(448, "number", "pixels across the picture, and as many down", low=128, high=1024)
    regions: int = setting(2000, "number", "of R-CNN and Fast R-CNN", letters="n", low=1, high=10_000)
    proposals: int = setting(300, "number", "regions that Faster R-CNN proposes itself", low=1, high=6000)
    all_crops: bool = setting(
        False, "switch", "run every region of R-CNN, which may take minutes, and not some of them"
    )


class StagesLab(Lab):
    """Four detectors made of one network, and how long each takes for a picture."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Settings())
        self.work = LabWork(session, LANE)
        self.measured: dict[Settings, StageTimes] = {}
        self._asked = Settings()
        self._tried: set[Settings] = set()  # whether or not anything came of it
        self.revealed = len(NAMES)
        self.measure = lab_button("Measure", "Run all parts on this machine", self.start)
        self.log = lab_button("Logarithmic", "Equal steps are equal factors", self._turn, checkable=True)
        self.tools.addWidget(self.measure)
        self.tools.addWidget(self.log)
        self.form, self.bars, self.said = Form(Settings()), TimeBars(NAMES), Text(role="dim")
        self.drawing.addWidget(self.bars, 1)
        self.drawing.addWidget(self.said)
        self.parts, self.formulas = PlainTable("Parts"), FormulaColumn()
        self.seconds = Text("Seconds for one picture:", role="dim")
        for part in (self.form, LaneLine(session, LANE), self.parts, self.seconds, self.formulas):
            self.numbers.column.addWidget(part)
        self.numbers.column.addStretch(1)
        self._first = self.measure
        self.form.edited.connect(self.edit)
        self.work.answered.connect(self._take)
        session.work_changed.connect(lambda lane, work: self._follow_work(bool(work)) if lane == LANE else None)
        self.begin()

    def start(self) -> None:
        """Measure with the settings that are shown."""
        self._asked = settings = self.value
        self._tried.add(settings)
        self.work.time_stages(
            settings.network, settings.picture, settings.regions, settings.proposals, settings.all_crops
        )

    def rewind(self) -> None:
        self.revealed = 1 if self.before_a_class else len(NAMES)
        self.show_value()

    def step_on(self, way: int) -> bool:
        """Measure first, once, and wait for it; then show one detector after the other."""
        if way > 0 and not self.measured.get(self.value, StageTimes()).complete:
            begin = self.measure.isEnabled() and self.value not in self._tried
            if begin:
                self.start()
            return begin or not self.measure.isEnabled()
        there = 1 <= self.revealed + way <= len(NAMES)
        if there:
            self.revealed += way
            self.show_value()
        return there

    def _turn(self) -> None:
        self.bars.set_logarithmic(self.log.isChecked())

    def _follow_work(self, busy: bool) -> None:
        self.measure.setEnabled(not busy)
        self._tell()

    def _tell(self) -> None:
        settings: Settings = self.value
        times = self.measured.get(settings, StageTimes())
        if times.complete:
            self.said.say(_told(settings, times))
        elif not self.measure.isEnabled():
            here = settings == self._asked
            self.said.say("" if here else "Other settings are being measured: press Measure once they are, or cancel.")
        elif times == StageTimes():
            self.said.say("Press Measure: nothing is known yet for these settings.")
        else:
            self.said.say("Some parts were not measured: press Measure to begin again.")

    def _take(self, times: StageTimes) -> None:
        self.measured[self._asked] = times
        self.show_value()

    def show_value(self) -> None:
        settings: Settings = self.value
        self.form.show_value(settings)
        times = self.measured.get(settings, StageTimes())
        worked = worked_times(times, settings.regions)
        names = [name for name in NAMES[: self.revealed] if name in worked]
        unknown = "" if self.revealed < len(worked) else "not measured yet"
        self.bars.show_times({name: 1000 * float(worked[name]) for name in names}, unknown)
        self._tell()
        with self.numbers.changing():
            self.parts.show_rows(("measured here", "runs", "time"), _rows(settings, times))
            rows = [worked_row(SHORT[name], worked[name]) for name in names]
            self.formulas.show_rows(rows)
            self.seconds.setVisible(bool(rows))


def _rows(settings: Settings, times: StageTimes) -> list[tuple[str, str, str]]:
    """Each part that was run, how much of it, and how long it took."""
    n, few = f"{settings.regions:,}", f"{settings.proposals:,}"
    rows = [
        ("t_once: a one-shot detector", "1", times.one_shot),
        ("t_maps: convolutions on the picture", "1", times.maps),
        ("t_rpn: region proposal network", "1", times.proposing),
        ("t_few: proposals, from the maps", few, times.few_heads),
        ("t_heads: regions, from the maps", n, times.heads),
        ("t_crop: one region, cut out", f"{times.crops:,}", times.crop),
    ]
    return [(name, runs, in_words(time)) for name, runs, time in rows if time is not None]


def _told(settings: Settings, times: StageTimes) -> str:
    """What was measured, what was computed from it, and what neither, once all is."""
    crops = (
        f"R-CNN was run for all {settings.regions:,} regions."
        if times.crops == settings.regions
        else f"R-CNN is computed: {settings.regions:,} times one of {times.crops:,} regions that ran; all else ran."
    )
    return (
        f"{crops} The weights are random and the regions too, which changes no time. Not in these times is the "
        "segmentation that proposes regions to R-CNN and Fast R-CNN, about 2 s a picture in the paper on Faster R-CNN."
    )
