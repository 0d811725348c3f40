"""A form for any dataclass of settings: layers, labs and preferences share it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from explorer.network.settings import Letters, SettingError, Settings, check
from explorer.ui.controls.labels import FADING, Text
from explorer.ui.controls.letter_label import LetterLabel
from explorer.ui.controls.written import Written
from explorer.ui.theme import GRID


class Switch(QCheckBox):
    """A setting that is on or off."""

    entered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.toggled.connect(self.entered.emit)

    def show_value(self, value: Any) -> None:
        """Show `value` without reporting it."""
        self.blockSignals(True)
        self.setChecked(bool(value))
        self.blockSignals(False)


class Choice(QComboBox):
    """A setting that is one of a few words."""

    entered = Signal(object)

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__()
        self.addItems(choices)
        self.setMinimumContentsLength(5)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.currentTextChanged.connect(self.entered.emit)

    def show_value(self, value: Any) -> None:
        """Show `value` without reporting it."""
        self.blockSignals(True)
        self.setCurrentText(str(value))
        self.blockSignals(False)

    def wheelEvent(self, event: Any) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # scrolling past a form must not change it


Editor = Written | Switch | Choice


class Form(QWidget):
    """Edits one frozen dataclass whose fields were declared with `explorer.network.settings.setting`.

    What is typed is tried at once: a value that the dataclass takes is reported, one that it refuses is explained
    under its field and changes nothing. Once the field has been left, and shows the value that holds, the explanation
    is past: it goes with the next edit, or after a while.
    """

    edited = Signal(object, str)  # the new value, the name of the field that changed
    confirmed = Signal()  # Enter, in a field whose text is taken

    def __init__(self, value: Any, letters: Letters = "course") -> None:
        super().__init__()
        self._value = value
        self._letters: Letters = letters
        self._editors: dict[str, Editor] = {}
        self._marks: dict[str, LetterLabel] = {}
        self._words: dict[str, QLabel] = {}
        self._problems: dict[str, Text] = {}
        self._past: set[str] = set()  # fields that were left with a problem
        self._fade: QTimer | None = None
        self._rules = {f.name: f.metadata for f in fields(value) if f.metadata.get("kind", "text") != "text"}
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(2, 1)
        for row, (name, rule) in enumerate(self._rules.items()):
            editor = self._editor(name, rule)
            words = self._words[name] = QLabel(name.replace("_", " "))
            words.setBuddy(editor)
            words.setToolTip(rule["help"])
            mark = LetterLabel()
            self._editors[name], self._marks[name] = editor, mark
            for column, widget in enumerate((words, mark, editor)):
                grid.addWidget(widget, 2 * row, column)
        self._name_all()
        self.show_value(value)

    @property
    def value(self) -> Any:
        """The dataclass as it is edited now."""
        return self._value

    @property
    def letters(self) -> Letters:
        """Whose letters stand beside the names."""
        return self._letters

    @letters.setter
    def letters(self, letters: Letters) -> None:
        if letters != self._letters:
            self._letters = letters
            self._name_all()

    def editor(self, name: str) -> Editor:
        """The widget that edits one field."""
        return self._editors[name]

    @property
    def first(self) -> Editor | None:
        """The first field's editor, None for a value without settings."""
        return next(iter(self._editors.values()), None)

    def enable(self, name: str, on: bool) -> None:
        """Let one field be edited, or not: where another one's value leaves it without a meaning."""
        for part in (self._words[name], self._marks[name], self._editors[name]):
            part.setEnabled(on)

    def come_after(self, before: QWidget) -> None:
        """Have Tab come to the fields, one after the other, behind `before`, whenever the form was made."""
        for editor in self._editors.values():
            self.setTabOrder(before, editor)
            before = editor

    def problem(self, name: str) -> str:
        """Why what stands in a field is not taken, "" where it is."""
        return problem.text() if (problem := self._problems.get(name)) else ""

    def show_value(self, value: Any, afresh: bool = False) -> None:
        """Show `value` without reporting an edit. Refused text, and why it was refused, stay only where this is the
        value edited here already, and not another thing to be edited `afresh`."""
        afresh, self._value = afresh or value != self._value, value
        for name, editor in self._editors.items():
            if afresh or not self.problem(name):
                self._say(name, "")
                editor.show_value(getattr(value, name))

    def _editor(self, name: str, rule: Any) -> Editor:
        editor: Editor
        if rule["kind"] == "switch":
            editor = Switch()
        elif rule["kind"] == "choice":
            editor = Choice(rule["choices"])
        else:
            editor = Written(rule["kind"], rule["low"], rule["high"])
            editor.given_up.connect(lambda: self._give_up(name))
            editor.left.connect(lambda: self._leave(name))
            editor.confirmed.connect(lambda: self._confirm(name))
        editor.entered.connect(lambda new: self._enter(name, new))
        editor.setToolTip(rule["help"])
        editor.setAccessibleDescription(rule["help"])
        return editor

    def _name_all(self) -> None:
        for name, rule in self._rules.items():
            letter = rule["letters"][self._letters]
            self._marks[name].say(letter)
            for part in (self._editors[name], self._words[name]):  # of two that differ both are read
                part.setAccessibleName(f"{name.replace('_', ' ')} {letter}".strip())

    def _say(self, name: str, problem: str) -> None:
        """Why a field's text is not taken, "" where it is; a line for it is made when there is something to say."""
        line = self._problems.get(name)
        if problem and line is None:
            line = self._problems[name] = Text(role="problem", size="small")
            self._grid.addWidget(line, 2 * list(self._rules).index(name) + 1, 0, 1, 3)
        if line is not None:
            line.say(problem)

    def _leave(self, name: str) -> None:
        """The field shows the value that holds again; why another one was not taken can still be read."""
        self._past.add(name)
        if self._fade is None:
            self._fade = QTimer(self, singleShot=True, interval=FADING)
            self._fade.timeout.connect(self._forget)
        self._fade.start()

    def _forget(self) -> None:
        """What was wrong in fields that were left is past."""
        for name in self._past:
            self._say(name, "")
        self._past.clear()

    def _enter(self, name: str, new: Any) -> None:
        if self._past:
            self._forget()
        try:
            check(self._value.kind if isinstance(self._value, Settings) else "", name, new, self._rules[name])
            value = replace(self._value, **{name: new})
        except SettingError as error:
            self._say(name, str(error))
            return
        self._say(name, "")
        self._editors[name].show_value(new)
        if value != self._value:
            self._value = value
            self.edited.emit(value, name)

    def _confirm(self, name: str) -> None:
        if not self.problem(name):
            self.confirmed.emit()

    def _give_up(self, name: str) -> None:
        """Escape: back to the value that holds."""
        self._say(name, "")
        self._editors[name].show_value(getattr(self._value, name))
