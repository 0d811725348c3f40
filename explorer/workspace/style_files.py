"""A studio's pictures as files: saved with their settings, loaded again, and kept in a gallery."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import PictureNames, Small
from explorer.engine.studio_questions import ReadStyled, WriteStyled
from explorer.engine.style_questions import sheet_of
from explorer.formats import folders
from explorer.maths.file_names import file_name
from explorer.maths.records import Exported, Picture, PictureList, Progress
from explorer.maths.sentences import shortened
from explorer.maths.strokes import Stroke
from explorer.probes.style import StyleSheet
from explorer.workspace.disk import STARTING, Look, look_once
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.style_setup import ChosenPicture, ChosenStyle, Layers, Role, StyleSetup, file_of, from_file
from explorer.workspace.style_studio import StyleStudio
from explorer.workspace.style_timeline import Moment
from explorer.workspace.waste_basket import NoWasteBasket, put_away, put_back

LATELY = "style pictures"
"""What pictures that were used lately are remembered as: a saved picture tells their names only."""
SIDE = 192
"""Pixels of a thumbnail."""
AT_ONCE = 24
"""Thumbnails asked for at once."""


class StyleFiles(QObject):
    """Writes and reads in the lane "style file N"; the gallery is read in "style gallery N".

    names: what the gallery holds, the newest first. small: thumbnails by name, None for what cannot be read.
    removed: where pictures lay that were put into the waste basket, and where they lie there, the last one last.
    """

    changed = Signal()  # the gallery
    written = Signal(str)  # path
    problem_found = Signal(str)

    def __init__(self, session: Session, studio: StyleStudio) -> None:
        super().__init__()
        self._session, self._studio = session, studio
        self.lane, self.gallery_lane = f"style file {studio.number}", f"style gallery {studio.number}"
        self.names: tuple[str, ...] = ()
        self.small: dict[str, Picture | None] = {}
        self.removed: list[tuple[Path, Path]] = []
        self._used: set[str] = set()
        self._look = Look(self)
        studio.changed.connect(self._remember)

    # One picture

    def save(self, path: str, moment: Moment) -> None:
        """Write a moment's picture with what it was made with; `written` or the session's `failed` says how it went."""

        studio = self._studio

        def show(exported: Exported) -> None:
            if studio.unkept is moment:  # another one, or one that grew meanwhile, is still nowhere else
                studio.unkept = None
            self.written.emit(exported.files[0])

        project, made = self._studio.tab.project, moment.made
        shown = self._studio.picture(made.content)
        asked = made.question(project, shown.size if shown else (1, 1), "cpu")
        question = WriteStyled(path, moment.picture, sheet_of(asked, moment.step))
        self._session.ask(self.lane, question, show, f"Writing {Path(path).name}")

    def load(self, path: str, plain: Callable[[], object] | None = None) -> None:
        """Take up the settings inside a picture, and the picture to go on with; `plain` where it has no settings."""

        def failed(sentence: str) -> None:
            if plain is not None and not sheets:
                plain()
            else:
                self.problem_found.emit(sentence)

        sheets: list[StyleSheet] = []

        def show(step: StyleSheet | Picture) -> None:
            if isinstance(step, StyleSheet):
                sheets.append(step)
            else:
                names = [sheets[0].content, *(name for name, _ in sheets[0].styles)]
                take = partial(self._take, path, sheets[0], step)
                self._look.ask(path, lambda: [self._find(name, path) for name in names], take, self.problem_found.emit)

        self._session.worker.ask(self.lane, ReadStyled(path), show, failed)

    def _take(self, path: str, sheet: StyleSheet, picture: Picture, found: list[ChosenPicture | None]) -> None:
        studio, project = self._studio, self._studio.tab.project
        content, styles = found[0], found[1:]
        painted = [(Stroke(png=mask),) if mask else () for mask in sheet.masks or [b""] * len(styles)]
        chosen = tuple(
            ChosenStyle(one, weight, strokes)
            for one, (_, weight), strokes in zip(styles, sheet.styles, painted, strict=True)
            if one is not None
        )
        setup = StyleSetup(content, chosen, sheet.settings)
        setup = setup.with_layers("content", self._known("content", sheet.content_layers))
        setup = setup.with_layers("style", self._known("style", sheet.style_layers))
        studio.begin_with(picture.pixels, setup, sheet.step)
        names = [sheet.content, *(name for name, _ in sheet.styles)]
        lost = [name for name, one in zip(names, [content, *styles], strict=True) if one is None]
        said = [f"Choose {' and '.join(map(_short, lost))} again: not found beside the picture."] if lost else []
        if sheet.weights != project.weights:
            said.append(f"It was made with {_short(sheet.model) or 'another network'}, so it will go on otherwise.")
        self.problem_found.emit(" ".join(said))

    def _known(self, role: Role, layers: Layers) -> Layers | None:
        """Those layers that are here; None where they are the usual ones, or none is here."""
        project, facts = self._studio.tab.project, self._studio.tab.facts
        here = tuple(one for one in layers if one.node in project.network.nodes)
        return None if not here or here == StyleSetup().layers(role, project, facts) else here

    def _find(self, name: str, path: str) -> ChosenPicture | None:
        """A picture by its name: beside the saved one, or among those that were used lately."""
        if not name or Path(name).name != name or "\\" in name:  # a stranger's file leads nowhere else
            return None
        beside = str(Path(path).parent / name)
        lately = [known for known in Settings().lately(LATELY) if Path(known).name == name]
        return next((from_file(one) for one in (beside, *lately) if os.path.isfile(one)), None)

    def _remember(self) -> None:
        setup = self._studio.setup
        chosen = (*(style.picture for style in setup.styles), *([setup.content] if setup.content else []))
        for path in [file_of(one) for one in chosen if self._studio.picture(one) is not None]:
            if path and path not in self._used:
                self._used.add(path)
                Settings().add_lately(LATELY, path)

    # The gallery

    def keep(self, moment: Moment) -> None:
        """Put a moment's picture into the gallery."""

        def place() -> str:
            return str(_free(folders.painted(), title_of(moment.made)))

        look_once(self, "", place, lambda path: self.save(path, moment), self.problem_found.emit, STARTING)

    def refresh(self) -> None:
        """Read anew what the gallery holds."""

        def show(found: PictureList) -> None:
            here = Path(found.folder)
            self.names = tuple(sorted(found.names, key=lambda name: _age(here / name)))
            self.small = {name: picture for name, picture in self.small.items() if name in found.names}
            self.changed.emit()

        question = PictureNames(str(folders.gallery()))
        self._session.worker.ask(self.gallery_lane, question, show, lambda _: self._empty(), lambda: self._get_small())

    def path(self, place: int) -> str:
        """The file of a picture of the gallery."""
        return str(folders.gallery() / self.names[place])

    def remove(self, place: int) -> None:
        """Put a picture of the gallery into the system's waste basket; where there is none, say so."""
        path = Path(self.path(place))
        try:
            if away := put_away(path):
                self.removed.append((path, away))
        except NoWasteBasket:
            self.problem_found.emit(f"{_short(path.name)} is still there: it could not be put into the waste basket.")
        self.refresh()

    def put_back(self) -> None:
        """Take the picture out of the waste basket that went there last."""
        path, away = self.removed.pop()
        try:
            put_back(away, path)
        except OSError:
            self.problem_found.emit(
                f"{_short(path.name)} could not be taken out of the waste basket: look there for it."
            )
        self.refresh()

    def _empty(self) -> None:
        """A folder without pictures is told as a fault; a gallery without them is just empty."""
        self.names, self.small = (), {}
        self.changed.emit()

    def _get_small(self) -> None:
        missing = [place for place, name in enumerate(self.names) if name not in self.small][:AT_ONCE]
        if not missing:
            return
        names = self.names

        def show(found: tuple[int, Picture | None] | Progress) -> None:
            if isinstance(found, Progress):  # a disk takes its time
                return
            self.small[names[found[0]]] = found[1]
            self.changed.emit()

        paths = tuple((place, self.path(place)) for place in missing)
        self._session.worker.ask(self.gallery_lane, Small(paths, SIDE), show, lambda _: None, self._get_small)


def _short(name: str) -> str:
    return shortened(name, 60)


def title_of(setup: StyleSetup) -> str:
    """A file's name for what was made with these pictures."""
    names = [setup.content.name if setup.content else "picture", *(one.picture.name for one in setup.styles[:1])]
    return file_name(" as ".join(Path(name).stem[:35].replace(".", "_").strip() for name in names))


def _free(folder: Path, title: str) -> Path:
    """A name in the folder that no file has yet."""
    number = 1
    while (path := folder / f"{title} {number}.png").exists():
        number += 1
    return path


def _age(path: Path) -> float:
    """For an order with the newest first."""
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0
