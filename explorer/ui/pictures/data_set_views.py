"""What a classifier makes of a folder's pictures, in tabs: mistakes, classes, layers, and the plane."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

from explorer.ui.pictures.map_view import MapView
from explorer.ui.pictures.mistakes_view import MistakesView
from explorer.ui.tables.activity_table import ActivityTable
from explorer.ui.tables.class_table import ClassTable
from explorer.workspace.data_set import DataSet
from explorer.workspace.session import Session


class DataSetViews(QTabWidget):
    """A tab for each view of one data set."""

    def __init__(self, session: Session, data_set: DataSet) -> None:
        super().__init__(documentMode=True)
        self._data_set = data_set
        self.setAccessibleName("Views of the data set")
        self.mistakes, self.classes = MistakesView(data_set), ClassTable()
        self.layers, self.map = ActivityTable(), MapView(data_set)
        for page, name in (
            (self.mistakes, "Mistakes"), (self.classes, "Classes"), (self.layers, "Layers"), (self.map, "Plane"),
        ):  # fmt: skip
            self.addTab(page, name)
        self.classes.chosen.connect(data_set.mean)
        self.layers.chosen.connect(lambda node: session.select((node,)))
        self.currentChanged.connect(lambda _: self.show_tab())

    def show_tab(self) -> None:
        """Fill the table that is seen: nobody looks at the other one."""
        data_set, pictures, judged = self._data_set, self._data_set.pictures, self._data_set.judged
        if pictures is None or judged is None or data_set.evaluation is None:
            return
        if self.currentWidget() is self.classes:
            self.classes.show_folders(data_set.folders, data_set.meant, judged, pictures.classes)
        elif self.currentWidget() is self.layers:
            self.layers.show_layers(data_set.evaluation.layers)
