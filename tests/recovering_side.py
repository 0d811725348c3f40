"""A program without a window that keeps unsaved edits, to be killed: `python -m tests.recovering_side [FILE]`.

It edits ten times a second and writes how many edits there are, and when. With FILE the project there is open; with
`-again` it brings back what was left behind instead, says so, and edits no more.
"""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QCoreApplication, QTimer

from explorer.formats import project_file
from explorer.layers.dense import Input
from explorer.network.network import Node
from explorer.network.project import Project
from explorer.workspace.document import Document
from explorer.workspace.recovery import Recovery


def edited(project: Project, number: int) -> Project:
    """The project with one Input more."""
    node = Node(f"x{number}", Input(1 + number % 9, 8, 8))
    return project.rewired(project.network.with_node(node)).moved({node.id: (40.0 * number, 0.0)})


def main() -> None:
    app = QCoreApplication([])
    document = Document()
    recovery = Recovery(document, lambda tab: tab.project.title)
    words = sys.argv[1:]
    if words == ["-again"]:

        def restored(what, project) -> None:
            document.open(project, what.path)
            document.set_unsaved(True)
            recovery.take_over(what)
            print("restored", flush=True)

        recovery.read.connect(restored)
        for what in recovery.left():
            recovery.ask_for(what)
    else:
        document.open(project_file.read(words[0]) if words else Project(), words[0] if words else "")
        number = 0

        def edit() -> None:
            nonlocal number
            number += 1
            document.edit("Add", edited(document.project, number))
            print(number, time.time(), flush=True)

        timer = QTimer(app, interval=100)
        timer.timeout.connect(edit)
        timer.start()
    print("ready", flush=True)
    app.exec()


if __name__ == "__main__":
    main()
