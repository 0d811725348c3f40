"""The pictures of a style studio: one for the content, one or several for the style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.maths.records import PICTURE_ENDINGS
from explorer.ui.asking_files import ask_files
from explorer.ui.controls.lab import lab_button
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.studio.picture_tile import PictureTile
from explorer.ui.studio.style_row import ABSENT, StyleRow
from explorer.ui.theme import GRID
from explorer.workspace.images import pixels_of
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.style_setup import ChosenPicture, from_file, from_pixels
from explorer.workspace.style_studio import StyleStudio

NO_CONTENT = "Click or drop a picture here: what is to be seen"
NO_STYLE = "Click or drop a picture here: how it is to be painted"

Take = Callable[[ChosenPicture], None]


class Materials(QWidget):
    """Tiles for the pictures, weights and masks beside the styles."""

    mask_requested = Signal(int)  # a style's place
    problem_found = Signal(str)

    def __init__(self, session: Session, studio: StyleStudio) -> None:
        super().__init__()
        self._session, self._studio = session, studio
        self._shown: object = None
        self.content = PictureTile(
            "Content picture", NO_CONTENT, "Click or drop to choose what is seen in the picture; Ctrl+V pastes"
        )
        self.content_name = Text("", "dim", "small", wrap=False)
        self.use_open = lab_button("Use the open picture", "Take the picture the network looks at", self._use_open)
        self.swap = lab_button("Swap", "Content and first style change places", self._swap)
        self.rows: list[StyleRow] = []
        self.first = PictureTile("Style picture", NO_STYLE, "Click or drop to choose how the picture is painted")
        self.add = QPushButton("Add a style…")
        self.add.setToolTip("Mix in the style of one more picture")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GRID)
        self._lay_out()
        self.content.open_requested.connect(lambda: self._choose("Content picture", self._take_content))
        self.content.given.connect(lambda data: self.take(data, self._take_content))
        for source in (self.first.open_requested, self.add.clicked):
            source.connect(lambda *_: self._choose("Style picture", self._take_style))
        self.first.given.connect(lambda data: self.take(data, self._take_style))
        session.picture_changed.connect(self.follow)  # no lambda: it would be called when this is gone
        studio.changed.connect(self.follow)
        self.follow()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(GRID // 2)
        line.addWidget(self.content_name, 1)
        line.addWidget(self.swap)
        self.use_open.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(Text("Content", wrap=False))
        column.addWidget(self.content)
        column.addLayout(line)
        column.addWidget(self.use_open)  # beside the name it would leave no room for it
        column.addSpacing(GRID // 2)
        column.addWidget(Text("Style", wrap=False))
        column.addWidget(self.first)
        column.addLayout(self._rows)
        column.addWidget(self.add)

    def follow(self) -> None:
        """Show the pictures as they are now."""
        studio = self._studio
        setup = studio.setup
        picture = studio.picture(setup.content)
        if picture is not self._shown:
            self._shown = picture
            image = image_of(picture.pixels) if picture is not None else QImage()
        else:
            image = self.content.image
        words, name = NO_CONTENT, ""
        if setup.content is not None:
            name = words = setup.content.name
            if picture is None:
                words = f"{name}: {ABSENT}" if setup.content.source in studio.pictures else f"Opening {name} …"
            else:
                name += f", {picture.size[0]}×{picture.size[1]}"
        self.content.show_image(image, words)
        self.content_name.say(name)
        opened = self._session.pictured
        self.use_open.setVisible(opened is not None and (setup.content is None or opened[0] != setup.content.source))
        self.swap.setVisible(setup.content is not None and bool(setup.styles))
        while len(self.rows) < len(setup.styles):
            self._add_row()
        for row, style in zip(self.rows, setup.styles, strict=False):
            row.show_style(studio, style)
            row.weight.setVisible(len(setup.styles) > 1)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(setup.styles))
        self.first.setVisible(not setup.styles)
        self.add.setVisible(bool(setup.styles))

    def _add_row(self) -> None:
        place = len(self.rows)
        row = StyleRow(place + 1)
        row.tile.open_requested.connect(
            lambda: self._choose("Style picture", lambda one: self._studio.take_style(one, place))
        )
        row.tile.given.connect(lambda data: self.take(data, lambda one: self._studio.take_style(one, place)))
        row.weighed.connect(partial(self._weigh, place))
        row.mask_requested.connect(lambda: self.mask_requested.emit(place))
        row.removed.connect(lambda: self._studio.edit(self._studio.setup.with_style(place, None)))
        before: QWidget = self.rows[-1].remove if self.rows else self.first
        self.rows.append(row)
        self._rows.addWidget(row)
        for widget in (row.tile, row.weight, row.mask_button, row.remove):  # Tab comes by before “Add a style…”
            self.setTabOrder(before, widget)
            before = widget

    # What the user does

    def _take_content(self, picture: ChosenPicture) -> None:
        self._studio.take_content(picture)

    def _take_style(self, picture: ChosenPicture) -> None:
        self._studio.take_style(picture)

    def _use_open(self) -> None:
        if found := self._session.pictured:
            self._take_content(ChosenPicture(found[0], found[1].name))

    def _swap(self) -> None:
        setup = self._studio.setup
        if setup.content is not None and setup.styles:
            first = replace(setup.styles[0], picture=setup.content, strokes=())
            self._studio.edit(replace(setup, content=setup.styles[0].picture, styles=(first, *setup.styles[1:])))

    def _weigh(self, place: int, weight: float) -> None:
        setup = self._studio.setup
        self._studio.edit(
            setup.with_style(place, replace(setup.styles[place], weight=weight)), f"weight of style {place}"
        )

    def _choose(self, title: str, take: Take) -> None:
        """Ask for a picture file; of styles there may be several."""
        settings = Settings()
        pictures = f"Pictures ({' '.join('*' + ending for ending in PICTURE_ENDINGS)})"
        kinds, several = f"{pictures};;All files (*)", take == self._take_style
        for path in ask_files(self, title, settings.folder("picture"), kinds, several):
            settings.set_folder("picture", str(Path(path).parent))
            take(from_file(path))

    def take(self, data: QMimeData, take: Take) -> None:
        """Take the picture in a drop or on the clipboard; of several files the first."""
        paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        image = data.imageData() if data.hasImage() else None
        if paths:
            take(from_file(paths[0]))
            if take == self._take_style:
                for path in paths[1:]:
                    take(from_file(path))
        elif isinstance(image, QImage) and not image.isNull():
            take(from_pixels(pixels_of(image)))
        else:
            self.problem_found.emit("There is no picture here: copy a picture or a picture file first.")
