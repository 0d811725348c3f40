"""What is remembered from one day to the next."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtCore import QByteArray, QSettings

from explorer.network.conventions import CHOICES, Conventions

RECENT = 10
"""How many files the list of recent ones holds."""


class Settings:
    """Preferences in the place the system keeps them; every value has a default, and a broken one gives it."""

    def __init__(self) -> None:
        self._store = QSettings("cnn-explorer", "cnn-explorer")

    @property
    def theme(self) -> str:
        """Name of the theme, or "" to follow the system."""
        return self._text("theme")

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def conventions(self) -> Conventions:
        """How numbers are counted and written."""
        known = {f.name: self._text(f.name) for f in fields(Conventions)}
        return Conventions(**{name: text for name, text in known.items() if text in CHOICES[name]})  # type: ignore[arg-type]

    @conventions.setter
    def conventions(self, conventions: Conventions) -> None:
        for name, value in vars(conventions).items():
            self._store.setValue(name, value)

    @property
    def colours(self) -> str:
        """The measure that colours the canvas, "" for the families."""
        return self._text("colours")

    @colours.setter
    def colours(self, measure: str) -> None:
        self._store.setValue("colours", measure)

    @property
    def columns(self) -> list[str]:
        """Titles of the columns shown in the table of layers; empty for those shown at first."""
        return [title for title in self._text("columns").split("\n") if title]

    @columns.setter
    def columns(self, titles: list[str]) -> None:
        self._store.setValue("columns", "\n".join(titles))

    @property
    def device(self) -> str:
        """The device chosen last, "" for the best one there is."""
        return self._text("device")

    @device.setter
    def device(self, id: str) -> None:
        self._store.setValue("device", id)

    @property
    def recent(self) -> list[str]:
        """Paths of project files, the last used first."""
        return [path for path in self._text("recent").split("\n") if path]

    def add_recent(self, path: str) -> None:
        """Put a file at the head of the list."""
        others = [p for p in self.recent if p != path]
        self._store.setValue("recent", "\n".join([path, *others][:RECENT]))

    def forget_recent(self, path: str) -> None:
        """Take a file that is gone off the list."""
        self._store.setValue("recent", "\n".join(p for p in self.recent if p != path))

    def clear_recent(self) -> None:
        """Forget which files were used."""
        self._store.remove("recent")

    @property
    def own_code(self) -> tuple[str, str]:
        """The code that was opened last: package.module:factory@CxHxW, and the folder it lies in."""
        return self._text("own-code/name"), self._text("own-code/folder")

    @own_code.setter
    def own_code(self, code: tuple[str, str]) -> None:
        self._store.setValue("own-code/name", code[0])
        self._store.setValue("own-code/folder", code[1])

    def folder(self, purpose: str) -> str:
        """Where files of this purpose were chosen last."""
        return self._text(f"folder/{purpose}")

    def set_folder(self, purpose: str, folder: str) -> None:
        """Remember where files of this purpose were chosen."""
        self._store.setValue(f"folder/{purpose}", folder)

    def choice(self, name: str) -> str:
        """What was chosen last in the list of this name, "" for nothing."""
        return self._text(f"choice/{name}")

    def set_choice(self, name: str, value: str) -> None:
        """Remember what was chosen in a list."""
        self._store.setValue(f"choice/{name}", value)

    def layout(self, name: str) -> QByteArray:
        """The window's saved geometry or arrangement of docks; empty where there is none."""
        value = self._store.value(f"window/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, value: QByteArray) -> None:
        """Remember the window's geometry or arrangement of docks."""
        self._store.setValue(f"window/{name}", value)

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""
