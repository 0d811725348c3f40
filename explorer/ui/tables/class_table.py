"""Which class each folder of a data set means, and how well the network knows it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from explorer.maths.judged import Judged
from explorer.ui import theme
from explorer.ui.controls.words import plain_tip, share_in_words
from explorer.ui.row_table import dress

COLUMNS = ("Folder", "Pictures", "Class", "Precision", "Recall", "F1")
FOLDER, MEANT = 0, 2
UNSAID = "choose a class"

Index = QModelIndex | QPersistentModelIndex
Right, Left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft


class ClassTable(QTableView):
    """A row for each folder; its class is chosen from a list that a click on the chosen one or F2 opens."""

    chosen = Signal(str, int)  # a folder, and the number of the class it means

    def __init__(self) -> None:
        super().__init__()
        self.rows = _Rows()
        self.setModel(self.rows)
        self.setItemDelegateForColumn(MEANT, _Classes(self))
        dress(self, "Folders and classes")
        triggers = QTableView.EditTrigger
        self.setEditTriggers(triggers.SelectedClicked | triggers.DoubleClicked | triggers.EditKeyPressed)
        self.horizontalHeader().setSectionResizeMode(MEANT, QHeaderView.ResizeMode.Stretch)

    def show_folders(self, folders: Mapping[str, int], meant: Mapping[str, int], judged: Judged, classes: int) -> None:
        """Show the folders with how many pictures they hold, and the classes they mean."""
        self.rows.show_folders(folders, meant, judged, classes)


class _Rows(QAbstractTableModel):
    """What is said of a folder is worked out when it is in sight: there may be thousands."""

    def __init__(self) -> None:
        super().__init__()
        self.folders: tuple[str, ...] = ()
        self.labels: tuple[str, ...] = ()
        self._counts: Mapping[str, int] = {}
        self._meant: Mapping[str, int] = {}
        self._judged: Judged | None = None
        self._place: dict[int, int] = {}

    def show_folders(self, folders: Mapping[str, int], meant: Mapping[str, int], judged: Judged, classes: int) -> None:
        fresh = tuple(folders) != self.folders
        if fresh:
            self.beginResetModel()
        self.folders, self._counts, self._meant, self._judged = tuple(folders), folders, meant, judged
        self.labels = tuple(judged.label(number) for number in range(classes))
        self._place = {number: row for row, number in enumerate(judged.confusion.classes)}
        if fresh:
            self.endResetModel()
        elif self.folders:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.folders) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.folders)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        shown = way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return COLUMNS[section] if shown else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        editable = Qt.ItemFlag.ItemIsEditable if index.column() == MEANT else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | editable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        folder, column = self.folders[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(folder, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._text(folder, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ForegroundRole and column == MEANT and folder not in self._meant:
            return QColor(theme.current().problem)
        return None

    def _text(self, folder: str, column: int) -> str:
        number = self._meant.get(folder)
        if column == FOLDER:
            return folder
        if column == 1:
            return f"{self._counts[folder]:,}"
        if column == MEANT:
            return UNSAID if number is None else self.labels[number]
        place = None if number is None else self._place.get(number)
        if place is None or self._judged is None:
            return "–"
        confusion = self._judged.confusion
        share = (confusion.precision, confusion.recall, confusion.f1)[column - 3][place]
        return "–" if share != share else share_in_words(float(share))


def _side(column: int) -> Qt.AlignmentFlag:
    """Words at the left, numbers at the right, and so what stands above them."""
    return Qt.AlignmentFlag.AlignVCenter | (Left if column in (FOLDER, MEANT) else Right)


class _Classes(QStyledItemDelegate):
    """A list of all classes, made while it is open."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self._table = table

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        box = QComboBox(parent)
        box.addItems(self._table.rows.labels)
        box.setAccessibleName("Class")
        box.activated.connect(lambda _: self.commitData.emit(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentText(index.data())

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox) and editor.currentIndex() >= 0:
            self._table.chosen.emit(self._table.rows.folders[index.row()], editor.currentIndex())
