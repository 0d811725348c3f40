"""All keys and gestures, and the commands' own ones changed."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QKeySequenceEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.ui.commands import OR, Command, Commands, KeysRefused
from explorer.ui.controls.announcing import announce
from explorer.ui.controls.labels import ROLES, Role, Text
from explorer.ui.controls.search_page import SearchPage
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.other_words import OTHER_WORDS
from explorer.ui.tables.key_table import KeyRow, KeyRows, KeyTable
from explorer.workspace.settings import Settings

GESTURES = """\
Tab, Shift+A or double click\tadd a layer by typing
Drag from the palette\tadd a layer where it is dropped; on a link, into it
Drag from a port\tconnect two layers; on empty ground, add a layer there
Drag a layer without links onto a link\tput it into the link
Drag from the input of a link, or the output of the selected one\tplug it elsewhere; on empty ground, take it away
Click, Ctrl+click, drag a frame\tselect one, more, many
Alt+drag\tdrag a copy of the selected layers away
Ctrl+A\tselect everything
Arrow keys\twalk along the links
Page Down, Page Up on the canvas\tgo to the layer that is computed next, or the one before
Enter\tedit the selected layer; open the selected group
Esc in a panel\tgo back to the canvas, or to the page that is shown
Right click on a card, a link or the ground\tthe menu of what can be done with it
Double click on a group\topen it, or close it by its head
O\topen or close the selected group, or the one around the selected layer
F2\tname the selected group
Delete\ttake the selected layers or link away; the ends are joined again
Ctrl+X, Ctrl+C, Ctrl+V, Ctrl+D\tcut, copy, paste, duplicate
L\tlink the selected layers one after the other, or take these links away
M\tbypass the selected layers, or bring them back
N, A\tadd a note, an arrow where the mouse is
Shift+N\tchoose the next note or arrow
Enter, double click on a note\twrite it; Ctrl+Enter ends it, Esc gives up
Drag a note or an arrow, its corner or ends\tmove it, size it
Alt+arrows, Alt+Shift+arrows\tmove what is selected, size the chosen note or arrow
Ctrl+wheel or pinch\tzoom at the pointer
+, −\tzoom in, zoom out
Wheel, Shift+wheel\tmove the view up and down, to the sides
Middle button or Space and drag\tmove the view
F, Home\tshow the selection, show everything
X\tshow on every card what its layer makes of the picture
Esc\tgive up what the mouse is doing; select the group around, then nothing
Enter, F2, Delete on the Outline panel\tgo to a layer or open a group, name a group, delete
Middle button on a tab\tclose that network
Click, Shift+arrows on the Activations panel\tpick a number, its neighbour
E on the Activations panel\texplain the picked number
Delete on the Activations panel\tswitch the picked channel off, or on again
Delete on the Effects panel\tswitch the selected channels off, or on again
Space, Left, Right on the Explain panel\tplay, step back, step on
Backspace on the Explain panel\tgo back to the number one came from
Click or Enter on the Filters panel\tshow the filter's card
Arrows, Esc on the card of a filter\tthe filter beside it, back to all filters
Arrows, Home, End on the Patches panel\tpick a patch
Enter on the Patches panel\topen its picture and look at its place
Arrows on the matrix of a data set\tlist the pictures of another cell
Arrows, Enter on the plane of a data set\tgo from picture to picture, open one
+, −, 0 on the plane of a data set\tzoom in, zoom out, show all
B, G, A, P, R, S, M on the Boxes panel\tswitch a layer on or off: found boxes, grid, anchors, p_c, raw, steps, midpoints
Click, arrows on the Boxes panel\tpick a box or a cell, the next cell
Page Down, Page Up, Esc on the Boxes panel\tthe next found box, the one before, none
Space, Left, Right, Home, End on the Boxes panel\tgo through the steps of the suppression
Shift+arrows, Ctrl+arrows on the Boxes panel\tmove the last midpoint's box, make it larger or smaller
H on the Boxes panel\thold this frame of a video
Page Down, Page Up in full screen, or a clicker\ta step of the lab or of what is played, else the next lab or layer
. in full screen, b where no panel fills it\ta black screen, and back
Esc in full screen\tthe window again
Page up, Page down in a lab\tpick a box or a point
Arrows, Shift+arrows, Delete, Insert in a lab\tmove, resize, remove, add a box or a point; Ctrl goes faster
Ctrl+C in a lab\tcopy its picture with the numbers, for a slide
Ctrl+Z, Ctrl+Y in a lab\ttake a step of the lab back, take it again
Ctrl+V on the Picture panel\tlook at the copied picture
Space on the Picture panel\tplay the video, or pause it
Left, Right on the Picture panel\tgo five seconds back in the video, or on
Alt+Left, Alt+Right, Alt+Up on the dialog for files\tgo back, go ahead, show the folder above
Ctrl+H, F5, Ctrl+Shift+N on the dialog for files\tshow hidden files, read the folder again, make a folder"""
"""What keys and mouse do that is no command; it cannot be changed."""

Index = QModelIndex | QPersistentModelIndex
HINT = "Enter or a double click changes the keys of a command."


class KeysPage(SearchPage):
    """A row for each command and gesture; Enter asks for other keys, pressed on the keyboard."""

    def __init__(self, commands: Commands) -> None:
        self.model = KeyRows()
        self.table = KeyTable(self.model)
        super().__init__("Keys and gestures", "what it does, or keys", self.table)
        self.setProperty(WHOLE_WINDOW, True)
        self._commands, self._settings = commands, Settings()
        self._rows: tuple[KeyRow, ...] = ()  # also those that the search leaves out
        self.said = Text(role="dim", size="small")
        buttons = QHBoxLayout()
        self.change = QPushButton("Change…")
        self.clear = QPushButton("No keys")
        self.put_back = QPushButton("Put back")
        self.put_all_back = QPushButton("Put all back")
        for button, does in (
            (self.change, self.open_chosen), (self.clear, lambda: self._set("")),
            (self.put_back, lambda: self._set(None)), (self.put_all_back, self._put_all_back),
        ):  # fmt: skip
            button.clicked.connect(does)
            buttons.addWidget(button)
        buttons.insertWidget(0, self.said, 1)
        self.column.addWidget(self.table, 1)
        self.column.addLayout(buttons)
        self._set_table()
        self.search.textChanged.connect(self._filter)
        self._fill()
        self.said.say(HINT)

    def open_chosen(self) -> None:
        if self._command is not None:
            self.table.edit(self.table.currentIndex().siblingAtColumn(2))

    @property
    def _command(self) -> Command | None:
        """The chosen one, None for a gesture."""
        row = self._chosen
        return row.means if row is not None and isinstance(row.means, Command) else None

    @property
    def _chosen(self) -> KeyRow | None:
        index = self.table.currentIndex()
        return self.model.shown[index.row()] if index.isValid() else None

    def _set_table(self) -> None:
        self.table.setItemDelegateForColumn(2, _Keys(self))
        self.table.selectionModel().currentChanged.connect(lambda *_: self._show_buttons())

    def _fill(self) -> None:
        self._rows = tuple(rows(self._commands))
        self._show(self.search.text())

    def _filter(self, text: str) -> None:
        self._show(text)
        self._tell(HINT if self.model.shown else "Nothing found.")

    def _show(self, searched: str) -> None:
        """Show the rows that have this; the chosen one stays it where it is among them, with whatever keys."""
        chosen = self._chosen.cells[:2] if self._chosen is not None else None
        shown = [row for row in self._rows if row.has(searched)]
        self.model.show_rows(shown)
        self.table.fit()
        self.table.selectRow(next((place for place, row in enumerate(shown) if row.cells[:2] == chosen), 0))
        self._show_buttons()

    def _show_buttons(self) -> None:
        command, chosen = self._command, self._settings.shortcuts
        self.change.setEnabled(command is not None)
        self.clear.setEnabled(command is not None and bool(self._commands.keys(command)))
        self.put_back.setEnabled(command is not None and command.path in chosen)
        self.put_all_back.setEnabled(bool(chosen))

    def take(self, keys: str) -> None:
        """Let the chosen command have these keys, or say why it cannot."""
        self._set(keys)

    def _set(self, keys: str | None) -> None:
        command = self._command
        if command is None:
            return
        try:
            self._commands.set_keys(command, command.keys if keys is None else keys)
        except KeysRefused as refused:
            self._tell(str(refused), "problem")
            return
        self._settings.set_shortcut(command.path, None if keys in (None, command.keys) else keys)
        self._tell(f"“{command.text}” has {self._commands.keys(command) or 'no keys'} now.")
        self._fill()

    def _tell(self, sentence: str, role: Role = "dim") -> None:
        self.said.setForegroundRole(ROLES[role])
        self.said.say(sentence)
        announce(self.said, sentence)

    def _put_all_back(self) -> None:
        changed = [command for command, _ in self._commands.actions if command.path in self._settings.shortcuts]
        for command in changed:  # first none, for two may have changed places
            self._commands.set_keys(command, "")
        for command in changed:
            self._commands.set_keys(command, command.keys)
            self._settings.set_shortcut(command.path, None)
        self._tell("All keys are as they were at first.")
        self._fill()


class _Keys(QStyledItemDelegate):
    """Asks for keys by having them pressed."""

    def __init__(self, page: KeysPage) -> None:
        super().__init__(page)
        self._page = page

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QKeySequenceEdit(parent)
        editor.setMaximumSequenceLength(1)
        editor.setAccessibleName("Press the new keys")
        editor.editingFinished.connect(lambda: self._finish(editor))
        return editor

    def _finish(self, editor: QKeySequenceEdit) -> None:
        if not editor.isHidden():  # closing it finishes it once more
            editor.hide()
            self.closeEditor.emit(editor)
            if not editor.keySequence().isEmpty():
                self._page.take(editor.keySequence().toString())

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QKeySequenceEdit):
            editor.setKeySequence(QKeySequence())

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        pass  # the page is told, which asks the commands first


def rows(commands: Commands) -> Iterator[KeyRow]:
    """A row for each command that can have keys, then one for each gesture."""
    for command, action in commands.actions:
        if command.fill is None and not (command.hint and not action.shortcuts()):
            keys = commands.keys(command).replace(OR, ", ")
            words = f"{command.text} {command.help} {OTHER_WORDS.get(command.path, '')}"
            yield KeyRow((command.text, command.menu.replace("/", " › "), keys), words, command)
    for line in GESTURES.splitlines():
        keys, what = line.split("\t")
        keys, _, where = keys.partition(" on the ")
        yield KeyRow((what[0].upper() + what[1:], (where or "canvas").capitalize(), keys))
