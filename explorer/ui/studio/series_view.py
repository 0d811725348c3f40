"""Several settings on the same pictures: what presets make of them, and settings side by side."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.network.settings import Settings, setting
from explorer.probes.style import Style
from explorer.ui.controls.form import Form
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.destinations import export
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.studio.picture_sheet import picture_sheet
from explorer.ui.studio.result_grid import ResultGrid, Shown
from explorer.ui.theme import GRID
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session
from explorer.workspace.style_presets import PRESETS, Row, more_style, only_content, only_style, told
from explorer.workspace.style_series import StyleSeries, Variant
from explorer.workspace.style_studio import StyleStudio
from explorer.workspace.style_timeline import Moment

LEAST = 14 * GRID
"""Pixels of a picture's width at least."""
MOST = 4
"""Settings side by side, besides rows of layers."""


class Trial(Settings):
    """How large and how long pictures are made that are only compared."""

    size: int = setting(96, "number", "Pixels of the longer side", low=16, high=4096)
    steps: int = setting(20, "number", "Steps of each picture", low=1, high=10_000)

    def of(self, settings: Style) -> Style:
        """Settings, as a trial."""
        return replace(settings, size=self.size, steps=self.steps, octaves=1, tile=0)


class SeriesView(QWidget):
    """A grid of pictures with what makes them; a click takes the settings of one."""

    taken = Signal()  # settings: one wants to see the picture now
    save_requested = Signal(object)  # a Moment: one of the pictures with what it was made with

    def __init__(
        self, session: Session, studio: StyleStudio, name: str, trial: Trial, removal: str = "",
        buttons: tuple[QPushButton, ...] = (),
    ) -> None:  # fmt: skip
        """removal: what the grid's menu calls it to take one away. buttons: above the form, and before it for Tab."""
        super().__init__()
        self._studio = studio
        self._images: dict[int, tuple[object, QImage]] = {}  # by place: what they were made of, and the image
        self.series = StyleSeries(session, studio, name)
        self.form = Form(trial)
        self.run, self.export = QPushButton(), QPushButton("Export…")
        self.columns = 0  # in a row of the grid, 0 for as many as make the pictures largest
        self.grid = ResultGrid(name.capitalize(), LEAST, savable=True, removal=removal)
        self.lane, self.words = LaneLine(session, self.series.lane), Text(role="dim", size="small")
        self.tools = QHBoxLayout()
        self.tools.setSpacing(GRID)
        self.form.setFixedWidth(26 * GRID)
        self.tools.addWidget(self.form)
        self.tools.addStretch(1)
        self.tools.addWidget(self.run)
        self.tools.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        self.more = QHBoxLayout()
        self.more.setSpacing(GRID)
        for button in buttons:
            self.more.addWidget(button)
        self.more.addStretch(1)
        column.addWidget(self.words)
        column.addLayout(self.more)
        column.addLayout(self.tools)
        column.addWidget(self.lane)
        column.addWidget(self.grid, 1)
        self.export.setToolTip("Write all pictures in a row as PNG")
        self.export.clicked.connect(self._choose_export)
        self.run.clicked.connect(lambda: self.series.cancel() if self.series.running else self.series.start())
        self.form.edited.connect(lambda _value, _field: self.refill())
        self.grid.opened.connect(self.take)
        self.grid.save_requested.connect(self._save)
        self.series.changed.connect(self.follow)
        studio.changed.connect(self._studio_changed)

    @property
    def trial(self) -> Trial:
        """How large and how long the pictures are made."""
        value: Trial = self.form.value
        return value

    def refill(self) -> None:
        """The settings to compare are others now."""
        raise NotImplementedError

    def take(self, place: int) -> None:
        """Take the settings of one of the pictures, as large and as long as before."""
        setup = self._studio.setup
        taken = self.series.variants[place].setup(setup)
        kept = {name: getattr(setup.settings, name) for name in ("size", "steps", "octaves", "tile")}
        self._studio.edit(replace(taken, settings=replace(taken.settings, **kept)))
        self.taken.emit()

    def follow(self) -> None:
        """Show how far the pictures are."""
        series, missing = self.series, self._studio.missing
        self.run.setText("Stop" if series.running else "Make pictures")
        self.run.setToolTip(
            missing.removesuffix(".") or "One after the other; each takes about as long as the steps say"
        )
        self.run.setEnabled(series.running or (not missing and bool(series.variants) and bool(series.missing)))
        self.export.setEnabled(bool(series.results))
        content = self._studio.picture(self._studio.setup.content)
        ratio = content.size[1] / content.size[0] if content is not None else 0.0
        self.grid.show_all([self._shown(place) for place in range(len(series.variants))], ratio, self.columns)

    def _shown(self, place: int) -> Shown:
        variant, styled = self.series.variants[place], self.series.results.get(place)
        if styled is None:
            return Shown(variant.name, self.said(place), self.tip(place))
        settings = variant.settings
        parts = (("content", styled.costs.content, settings.content_weight),
                 ("style", styled.costs.style, settings.style_weight))  # fmt: skip
        costs = "\n".join(f"{name} {cost:.3g}" for name, cost, weight in parts if weight)  # none is 0 without a weight
        return Shown(variant.name, costs, self.tip(place), self._image(place))

    def _image(self, place: int) -> QImage:
        styled = self.series.results[place]
        if self._images.get(place, (None, None))[0] is not styled:
            self._images[place] = styled, image_of(styled.picture)
        return self._images[place][1]

    def said(self, place: int) -> str:
        """What stands under a picture that is not there yet."""
        return ""

    def tip(self, place: int) -> str:
        """What is said of one under the pointer."""
        return told(self.series.variants[place].settings)

    def _studio_changed(self) -> None:
        if self.isVisible():
            self.follow()

    def showEvent(self, event: QShowEvent) -> None:
        self.follow()

    # As one picture

    def export_png(self, path: str) -> None:
        """Write the pictures that are there in a row, with their names, as PNG. Raises Refusal with a sentence."""
        write_image(path, self.row_image())

    def row_image(self) -> QImage:
        """The pictures that are there, as they stand in the grid: in a row, or in rows of so many."""
        pictures = [(self.series.variants[place].name, self._image(place)) for place in sorted(self.series.results)]
        return picture_sheet(pictures, self.columns)

    def _save(self, place: int) -> None:
        styled, setup = self.series.results[place], self.series.variants[place].setup(self._studio.setup)
        self.save_requested.emit(Moment(styled.step, styled.picture, styled, setup))

    def _choose_export(self) -> None:
        _, problem = export(self, "Export pictures", "settings side by side", "Pictures", (".png",), self.export_png)
        self.lane.say_problem(problem)


class PresetsView(SeriesView):
    """What each preset makes of the user's pictures, in small."""

    def __init__(self, session: Session, studio: StyleStudio) -> None:
        super().__init__(session, studio, "presets", Trial())
        self.words.say("Settings for different purposes. A click takes one; your size and steps stay as they are.")
        self.refill()

    def refill(self) -> None:
        settings = self._studio.setup.settings
        self.series.choose(tuple(Variant(one.name, self.trial.of(one.of(settings))) for one in PRESETS))

    def said(self, place: int) -> str:
        return PRESETS[place].help

    def tip(self, place: int) -> str:
        return PRESETS[place].help


class SideBySide(SeriesView):
    """Two to four settings that the user chose."""

    def __init__(self, session: Session, studio: StyleStudio) -> None:
        add, preset = QPushButton("Add these settings"), QPushButton("Add preset")
        row, clear = QPushButton("Row of …"), QPushButton("Clear")
        super().__init__(
            session, studio, "side by side", Trial(size=128, steps=40), "Take away", (add, preset, row, clear)
        )
        self.add, self.preset, self.row, self.clear = add, preset, row, clear
        self._chosen: Row = ()
        self.words.say(
            "Two to four settings on the same pictures, one after the other. Add those of the form as they are now, a "
            "preset, or a row: of β, or of what each layer knows. Delete takes one away, a click takes its settings."
        )
        self.add.setToolTip("Those of the form on the left, as they are now")
        self.preset.setToolTip("One of the presets")
        self.row.setToolTip("β from 10 to 10,000; or what each style layer alone knows, out of noise")
        self.clear.setToolTip("Begin with none")
        menu = Menu(self.preset)
        for one in PRESETS:
            menu.addAction(one.name).triggered.connect(
                lambda _=False, one=one: self.add_settings(one.name, one.of(self._studio.setup.settings))
            )
        self.preset.setMenu(menu)
        rows = Menu(self.row)
        for text, do in (
            ("β, from little to much style", self.row_of_betas),
            ("Only content, layer by layer", self.row_of_content),
            ("Only style, up to each layer", self.row_of_style),
            ("Both, as in the first figure of the paper", self.rows_of_both),
        ):
            rows.addAction(text).triggered.connect(lambda _=False, do=do: do())
        self.row.setMenu(rows)
        self.add.clicked.connect(self._add_now)
        self.clear.clicked.connect(lambda: self._choose(()))
        self.grid.removed.connect(self._remove)
        self.refill()

    def add_settings(self, name: str, settings: Style) -> None:
        """Compare these, too, where there are fewer than four."""
        if len(self._chosen) < MOST and settings not in [one[1] for one in self._chosen]:
            self._choose((*self._chosen, (name, settings, None)))

    def row_of_betas(self) -> None:
        """The settings as they are, with more and more style."""
        self._choose(more_style(self._studio.setup.settings))

    def row_of_content(self) -> None:
        """What each style layer alone knows of the content."""
        self._choose(only_content(self._studio.setup.settings, self._studio.layers("style")))

    def row_of_style(self) -> None:
        """The style up to each style layer."""
        self._choose(only_style(self._studio.setup.settings, self._studio.layers("style")))

    def rows_of_both(self) -> None:
        """Above, the style up to each style layer; below, what each alone knows of the content."""
        settings, layers = self._studio.setup.settings, self._studio.layers("style")
        self._choose((*only_style(settings, layers), *only_content(settings, layers)), len(layers))

    def refill(self) -> None:
        self.series.choose(tuple(Variant(name, self.trial.of(one), layers) for name, one, layers in self._chosen))

    def follow(self) -> None:
        super().follow()
        count = len(self._chosen)
        self.add.setEnabled(count < MOST)
        self.preset.setEnabled(count < MOST)
        self.clear.setEnabled(bool(count))
        self.run.setEnabled(self.run.isEnabled() and (count > 1 or self.series.running))

    def _add_now(self) -> None:
        settings = self._studio.setup.settings
        self.add_settings(told(settings), settings)

    def _remove(self, place: int) -> None:
        self._choose((*self._chosen[:place], *self._chosen[place + 1 :]))

    def _choose(self, chosen: Row, columns: int = 0) -> None:
        self._chosen, self.columns = chosen, columns
        self.refill()
