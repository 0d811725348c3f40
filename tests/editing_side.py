"""A window in a process of its own that edits ten times a second, to be killed: `python -m tests.editing_side [file]`.

It writes the number of each edit, once it is made, with the time.
"""

from __future__ import annotations

import itertools
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from explorer.layers.dense import Input
from explorer.network.network import Node
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker


def main() -> None:
    app = QApplication([])
    window = Window(Session(Document(), IdleWorker()), Settings())
    window.show()
    window.complete()
    document = window.session.document
    if sys.argv[1:]:
        from explorer.formats import project_file

        window.session._open(project_file.read(sys.argv[1]), sys.argv[1])
    numbers = itertools.count(1)

    def edit() -> None:
        number = next(numbers)
        node = Node(f"x{number}", Input(number, 8, 8))
        document.edit(f"Add {node.id}", document.project.rewired(document.project.network.with_node(node)))
        print(number, time.time(), flush=True)

    timer = QTimer(interval=100)
    timer.timeout.connect(edit)
    timer.start()
    app.exec()


if __name__ == "__main__":
    main()
