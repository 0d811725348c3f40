"""What is remembered from one day to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from PySide6.QtCore import QByteArray, QStandardPaths

from explorer.maths.box_records import SUPPRESSIONS, Thresholds
from explorer.network.conventions import CHOICES, Conventions
from explorer.workspace import settings_file

CONFIG = QStandardPaths.StandardLocation.GenericConfigLocation
BREAK = "\0"
"""In place of the line breaks that a file's name may have; itself it can be in none."""
RECENT = 10
"""How many a list of what was used lately holds."""


class Settings:
    """Preferences in the place the system keeps them; every value has a default, and a broken one gives it.

    What is added to a list is added to what another window of the program may have added, too.

    fault: a sentence where what should be the file of them cannot be one; then nothing outlives this program. file:
    where they are kept; only who tells what became of it needs to know.
    """

    def __init__(self) -> None:
        self.fault = settings_file.fault(QStandardPaths.writableLocation(CONFIG))
        self.file = settings_file.shared(settings_file.for_now() if self.fault else "")
        self.file.look()

    @property
    def theme(self) -> str:
        """Name of the theme, or "" to follow the system."""
        return self._text("theme")

    @theme.setter
    def theme(self, name: str) -> None:
        self.file.set("theme", name)

    @property
    def conventions(self) -> Conventions:
        """How numbers are counted and written."""
        known = {f.name: self._text(f.name) for f in fields(Conventions)}
        return Conventions(**{name: text for name, text in known.items() if text in CHOICES[name]})  # type: ignore[arg-type]

    @conventions.setter
    def conventions(self, conventions: Conventions) -> None:
        for name, value in vars(conventions).items():
            self.file.set(name, value)

    @property
    def thresholds(self) -> Thresholds:
        """From where on a detector's boxes count; which classes do is not remembered."""
        words = dict(word.partition("=")[::2] for word in self._text("thresholds").split())
        try:
            least, overlap = (float(words[name]) if name in words else None for name in ("least", "overlap"))
        except ValueError:
            return Thresholds()
        suppression = words.get("suppression", "")
        sound = all(value is None or 0 <= value <= 1 for value in (least, overlap))
        return Thresholds(least, overlap, suppression) if sound and suppression in ("", *SUPPRESSIONS) else Thresholds()

    @thresholds.setter
    def thresholds(self, thresholds: Thresholds) -> None:
        chosen = {name: getattr(thresholds, name) for name in ("least", "overlap", "suppression")}
        words = (f"{name}={value}" for name, value in chosen.items() if value not in (None, ""))
        self.file.set("thresholds", " ".join(words))

    @property
    def class_colours(self) -> dict[str, str]:
        """Colours that the user chose, #rrggbb by the label of a class."""
        lines = (line.partition("\t") for line in self._text("class colours").split("\n") if line)
        return {label: colour for colour, _, label in lines}

    @class_colours.setter
    def class_colours(self, colours: dict[str, str]) -> None:
        self.file.set("class colours", "\n".join(f"{colour}\t{label}" for label, colour in colours.items()))

    @property
    def colours(self) -> str:
        """The measure that colours the canvas, "" for the families."""
        return self._text("colours")

    @colours.setter
    def colours(self, measure: str) -> None:
        self.file.set("colours", measure)

    @property
    def minimap(self) -> bool:
        """Whether large networks are shown in small, too."""
        return self._text("minimap") != "off"

    @minimap.setter
    def minimap(self, shown: bool) -> None:
        self.file.set("minimap", "" if shown else "off")

    @property
    def less_motion(self) -> bool:
        """Whether changes are shown at once, without moving there."""
        return self._text("motion") == "less"

    @less_motion.setter
    def less_motion(self, less: bool) -> None:
        self.file.set("motion", "less" if less else "")

    @property
    def ruler(self) -> bool:
        """Whether a ruler of depth lies beside the network."""
        return self._text("ruler") == "on"

    @ruler.setter
    def ruler(self, shown: bool) -> None:
        self.file.set("ruler", "on" if shown else "")

    @property
    def reopens(self) -> bool:
        """Whether the program starts with the networks that were open when it was left."""
        return self._text("reopens") == "on"

    @reopens.setter
    def reopens(self, on: bool) -> None:
        self.file.set("reopens", "on" if on else "")

    @property
    def open_files(self) -> list[str]:
        """Paths of the networks that were open then."""
        return _listed(self._text("open files"))

    @open_files.setter
    def open_files(self, paths: list[str]) -> None:
        self.file.set("open files", _together(paths))

    @property
    def columns(self) -> list[str]:
        """Titles of the columns shown in the table of layers; empty for those shown at first."""
        return [title for title in self._text("columns").split("\n") if title]

    @columns.setter
    def columns(self, titles: list[str]) -> None:
        self.file.set("columns", "\n".join(titles))

    @property
    def device(self) -> str:
        """The device chosen last, "" for the best one there is."""
        return self._text("device")

    @device.setter
    def device(self, id: str) -> None:
        self.file.set("device", id)

    @property
    def recent(self) -> list[str]:
        """Paths of project files, the last used first."""
        return self.lately("recent")

    def add_recent(self, path: str) -> None:
        """Put a file at the head of the list."""
        self.add_lately("recent", path)

    def forget_recent(self, path: str) -> None:
        """Take a file that is gone off the list."""
        self._change("recent", lambda text: _together([p for p in _listed(text) if p != path]))

    def clear_recent(self) -> None:
        """Forget which files were used."""
        self.file.remove("recent")

    @property
    def shortcuts(self) -> dict[str, str]:
        """Keys that the user chose, by the paths of commands; "" for none."""
        return _shortcuts(self._text("shortcuts"))

    def set_shortcut(self, path: str, keys: str | None) -> None:
        """Remember a command's keys; None for those it has by itself."""

        def chosen(text: str) -> str:
            others = {other: its for other, its in _shortcuts(text).items() if other != path}
            known = others if keys is None else others | {path: keys}
            return "\n".join(f"{path}\t{keys}" for path, keys in known.items())

        self._change("shortcuts", chosen)

    def lately(self, purpose: str) -> list[str]:
        """What was chosen for this purpose, the last first."""
        return _listed(self._text(purpose))

    def add_lately(self, purpose: str, value: str) -> None:
        """Put what was chosen at the head of the list."""

        def added(text: str) -> str:
            return _together([value, *(other for other in _listed(text) if other != value)][:RECENT])

        self._change(purpose, added)

    @property
    def own_code(self) -> tuple[str, str]:
        """The code that was opened last: package.module:factory@CxHxW, and the folder it lies in."""
        return self._text("own-code/name"), self._text("own-code/folder")

    @own_code.setter
    def own_code(self, code: tuple[str, str]) -> None:
        self.file.set("own-code/name", code[0])
        self.file.set("own-code/folder", code[1])

    def folder(self, purpose: str) -> str:
        """Where files of this purpose were chosen last."""
        return self._text(f"folder/{purpose}")

    def set_folder(self, purpose: str, folder: str) -> None:
        """Remember where files of this purpose were chosen."""
        self.file.set(f"folder/{purpose}", folder)

    def choice(self, name: str) -> str:
        """What was chosen last in the list of this name, "" for nothing."""
        return self._text(f"choice/{name}")

    def set_choice(self, name: str, value: str) -> None:
        """Remember what was chosen in a list."""
        self.file.set(f"choice/{name}", value)

    def layout(self, name: str) -> QByteArray:
        """The window's saved geometry or arrangement of docks; empty where there is none."""
        value = self.file.value(f"window/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, value: QByteArray) -> None:
        """Remember the window's geometry or arrangement of docks."""
        self.file.set(f"window/{name}", value)

    def _text(self, key: str) -> str:
        return _text(self.file.value(key))

    def _change(self, key: str, how: Callable[[str], str]) -> None:
        """Make another text of one that other windows of the program may have changed."""
        self.file.change(lambda values: values.update({key: how(_text(values.get(key)))}))


def _text(value: object) -> str:
    """A text, "" where none is, or something else, as in a file that somebody wrote by hand."""
    return value if isinstance(value, str) else ""


def _shortcuts(text: str) -> dict[str, str]:
    """Keys by the paths of commands, a line each."""
    lines = (line.partition("\t") for line in text.split("\n") if line)
    return {path: keys for path, _, keys in lines}


def _listed(text: str) -> list[str]:
    """What stands in a list of ours, a line each."""
    return [line.replace(BREAK, "\n") for line in text.split("\n") if line]


def _together(values: list[str]) -> str:
    """The list of them."""
    return "\n".join(value.replace("\n", BREAK) for value in values)
