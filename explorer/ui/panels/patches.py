"""The patches of pictures that each channel of the selected node answers to most strongly."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.file_names import file_name
from explorer.maths.patch_records import NodePatches
from explorer.maths.records import Picture
from explorer.probes.attribution import Back
from explorer.ui.asking_files import ask_folder
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.form import Form
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.scroll_column import ScrollColumn
from explorer.ui.controls.word_width import WordWidth
from explorer.ui.controls.words import counted
from explorer.ui.destinations import choose_destination
from explorer.ui.pictures.class_bars import ClassBars
from explorer.ui.pictures.patch_view import PatchView, Spot
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.pictures.source_view import SourceView
from explorer.ui.theme import GRID
from explorer.workspace.patch_search import LANE, SIDE, Patch, PatchSearch
from explorer.workspace.patch_slopes import SlopesBeside
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings

BROKEN = 20
"""Files that are told one by one; the others are counted."""
WORDS = {"idle": "Search", "running": "Pause", "paused": "Go on", "done": "Search again"}
"""What the button says in each state of the search."""
BESIDE: dict[str, Back | None] = {
    "Patches alone": None, "Gradient beside": "gradient", "Guided gradient beside": "guided",
    "Deconvolution beside": "deconvolution",
}  # fmt: skip


class PatchesPanel(QWidget):
    """A block of patches for each channel, the picture that the pointed or picked one came from, and what is looked
    for."""

    def __init__(self, session: Session, search: PatchSearch) -> None:
        super().__init__()
        self._session, self.search, self.slopes = session, search, SlopesBeside(session, search)
        self._images: dict[Patch, QImage] = {}
        self._shown: Patch | None = None
        self._source: Picture | None = None
        self.setAccessibleName("Patches")
        self.setMinimumSize(45 * GRID, 26 * GRID)
        self.view = PatchView(SIDE, self._image, self._beside)
        self.view.setAccessibleName("Patches of each channel")
        self.empty = Empty("")
        self.choose_first = self.empty.add_button("Choose folder…")
        self.search_first = self.empty.add_button("Search")
        self.header = Text(wrap=False)
        self.untrained = Text(role="problem", size="small")
        self.folder = QPushButton("Folder…")
        self.folder.setToolTip("Choose the folder whose pictures are searched, and those in folders inside it")
        self.run = QPushButton("Search")
        self.export = QPushButton("Export sheet…")
        self.export.setToolTip("Write all patches of this layer as one PNG file")
        self.source = SourceView()
        self.source.setAccessibleName("Picture of the patch")
        self.reading = Text(size="small")
        self.classes = ClassBars()
        self.beside = QComboBox()
        self.beside.addItems(list(BESIDE))
        self.beside.setAccessibleName("Beside each patch")
        self.beside.setToolTip("What is shown beside each patch: which of its pixels the number found there rises with")
        self.form = Form(search.choice)
        self.broken = Text(role="problem", size="small")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._page())
        column = panel_column(self)
        column.addWidget(LaneLine(session, LANE))
        column.addWidget(self.stack, 1)
        for button in (self.folder, self.choose_first):
            button.clicked.connect(self.choose_folder)
        for button in (self.run, self.search_first):
            button.clicked.connect(self._start_or_pause)
        self.export.clicked.connect(self._choose_export)
        self.form.edited.connect(lambda choice, _name: search.choose(choice))
        self.beside.currentTextChanged.connect(self._choose_beside)
        self.view.pointed.connect(lambda spot: self._read(spot or self.view.spot))
        self.view.picked.connect(self._read)
        self.view.opened.connect(self._open)
        self.view.moved.connect(self._want)
        session.selection_changed.connect(lambda _: self._follow())
        search.changed.connect(self._show)
        search.tiles.changed.connect(self.view.viewport().update)
        self.slopes.tiles.changed.connect(self.view.viewport().update)
        search.source_changed.connect(self._show_source)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def _page(self) -> QWidget:
        tools, side = QHBoxLayout(), ScrollColumn()
        tools.addWidget(self.header, 1)
        for button in (self.folder, self.run, self.export):
            tools.addWidget(button)
        self.source.setMinimumHeight(14 * GRID)
        self.source.hide()  # until a patch is pointed at
        with side.changing():
            for widget in (self.beside, self.source, self.reading, self.classes, self.form, self.broken):
                side.column.addWidget(widget)
            side.column.addStretch(1)
        WordWidth(side, 30 * GRID)
        both = QHBoxLayout()
        both.addWidget(self.view, 1)
        both.addWidget(side)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(tools)
        column.addWidget(self.untrained)
        column.addLayout(both, 1)
        return page

    def choose_folder(self) -> None:
        """Ask for the folder to search."""
        if folder := ask_folder(self, "Folder of pictures", self.search.folder):
            Settings().set_folder("patches", folder)
            self.search.choose_folder(folder)

    @property
    def found(self) -> NodePatches | None:
        """What was found of the selected node."""
        selection = self._session.selection
        return self.search.of(selection[-1]) if selection else None

    # What is shown

    def _show(self) -> None:
        search, found, patches = self.search, self.found, self.search.patches
        self._images = {patch: image for patch, image in self._images.items() if search.tiles.of(patch) is not None}
        self.form.show_value(search.choice)
        self.stack.setCurrentIndex(int(found is not None))
        self.view.show_patches(found, patches.classes if patches else (), 1 if self.slopes.back is None else 2)
        self.run.setText(WORDS[search.state])
        if found is None or patches is None:
            self._say_empty()
            return
        name = Path(search.folder).name or search.folder
        self.header.say(f"{found.node} · {patches.done:,} of {counted(patches.total, 'picture')} in {name}")
        self.view.setAccessibleDescription(self.header.text())
        self.untrained.say("Random weights on the way here: the patches mean nothing yet." if patches.untrained else "")
        lines = [one.sentence for one in patches.broken[:BROKEN]]
        more = len(patches.broken) - BROKEN
        count = [f"{counted(len(patches.broken), 'file')} could not be read:"] if lines else []
        self.broken.say("\n".join([*count, *lines, *([f"and {more:,} more"] if more > 0 else [])]))
        self._read(self.view.spot)

    def _follow(self) -> None:
        self._show()
        if self.isVisible():
            self.search.recall()

    def _say_empty(self) -> None:
        search, selection = self.search, self._session.selection
        running = search.state == "running" and search.patches is None
        if not search.folder:
            sentence = "Choose a folder of pictures: those parts of them that channels answer to most come here."
        elif not selection:
            sentence = "Select a layer to see which parts of pictures its channels answer to most."
        elif running:
            sentence = "The patches come here as soon as the first pictures were seen."
        else:
            name = Path(search.folder).name or search.folder
            sentence = f"Search the pictures in {name} for what the channels of {selection[-1]} answer to most."
        self.empty.sentence.say(sentence)
        self.choose_first.setText("Other folder…" if search.folder else "Choose folder…")
        self.choose_first.setHidden(running)
        self.search_first.setHidden(running or not (search.folder and selection))

    def _want(self) -> None:
        """Have made what is in sight."""
        found = self.view.found
        if found is None or not self.isVisible():
            return
        spots = self.view.spots_in_sight()
        patches = (self.search.patch(found, *spot) for spot in spots)
        slopes = (self.slopes.key(found, *spot) for spot in spots)
        self.search.tiles.want([patch for patch in patches if patch is not None])
        self.slopes.tiles.want([slope for slope in slopes if slope is not None])

    def _beside(self, found: NodePatches, spot: Spot) -> QImage | None:
        pixels = self.slopes.of(found, *spot)
        return image_of(pixels) if pixels is not None else None

    def _image(self, found: NodePatches, spot: Spot) -> QImage | None:
        patch = self.search.patch(found, *spot)
        if patch is not None and patch not in self._images:
            pixels = self.search.tiles.of(patch)
            if pixels is not None:
                self._images[patch] = image_of(pixels)
        return self._images.get(patch) if patch else None

    def _read(self, spot: Spot | None) -> None:
        found = self.view.found
        patch = self.search.patch(found, *spot) if found is not None and spot is not None else None
        if patch is None or found is None or spot is None:
            self.classes.show_counts({})
            self.reading.say("Point at a patch to see where it is from; Enter or a double click opens the picture.")
            return
        channel, rank = spot
        if self.search.patches is not None:
            self.classes.show_counts(self.search.patches.class_counts(found, channel))
        path, (left, top, right, bottom) = patch
        place = f"row {found.rows[spot]}, column {found.columns[spot]}"
        box = f"{right - left}×{bottom - top} pixels at {left}, {top}"
        which = f"channel {channel}, no. {rank % self.view.blocks.each + 1}"
        self.reading.say(f"{which}: {found.values[spot]:.4f}\n{place}\n{path}\n{box}")
        self.source.setAccessibleDescription(self.reading.text())
        same = self._shown is not None and self._shown[0] == path
        self._shown = patch
        self.search.look_at_source(path)
        if same:
            self._show_source(self._source)

    def _show_source(self, picture: Picture | None) -> None:
        self._source = picture
        self.source.setHidden(picture is None)
        box = self._shown[1] if self._shown and picture is not None else None
        self.source.show_source(
            image_of(picture.pixels) if picture else QImage(), box, picture.size[0] if picture else 0
        )
        if picture is None and self.search.patches is None:
            self._shown = None

    # What the user does

    def showEvent(self, event: QShowEvent) -> None:
        self.search.recall()
        self._want()

    def _choose_beside(self, words: str) -> None:
        self.slopes.back = BESIDE[words]
        self._show()

    def _start_or_pause(self) -> None:
        if self.search.state == "running":
            self.search.pause()
        else:
            self.search.start()

    def _open(self, spot: Spot) -> None:
        if self.view.found is not None:
            self.search.open(self.view.found, *spot)

    def _choose_export(self) -> None:
        found, settings = self.view.found, Settings()
        if found is None:
            return
        start = Path(settings.folder("export")) / f"{file_name(f'patches {found.node}')}.png"
        path = choose_destination(self, "Export sheet", start, "Pictures", (".png",))
        if path:
            settings.set_folder("export", str(Path(path).parent))
            self.search.export(found, path)
