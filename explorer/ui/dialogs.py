"""The few dialogs that are not about files of ours: exports, the list of keys, about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QMessageBox, QVBoxLayout

from explorer import __version__
from explorer.maths.records import Exported
from explorer.ui.destinations import export

if TYPE_CHECKING:
    from explorer.ui.window import Window

GESTURES = """\
Tab, Shift+A or double click\tadd a layer by typing
Drag from the palette\tadd a layer where it is dropped; on a link, into it
Drag from a port\tconnect two layers; on empty ground, add a layer there
Click, Ctrl+click, drag a frame\tselect one, more, many
Ctrl+A\tselect everything
Arrow keys\twalk along the links
Enter\tedit the selected layer
Delete\ttake the selected layers or link away; the ends are joined again
Ctrl+X, Ctrl+C, Ctrl+V, Ctrl+D\tcut, copy, paste, duplicate
Ctrl+wheel or pinch\tzoom at the pointer
+, −\tzoom in, zoom out
Wheel, Shift+wheel\tmove the view up and down, to the sides
Middle button or Space and drag\tmove the view
F, Home\tshow the selection, show everything
X\tshow on every card what its layer makes of the picture
Esc\tgive up what the mouse is doing
Click, Shift+arrows on the Activations panel\tpick a number, its neighbour
E on the Activations panel\texplain the picked number
Space, Left, Right on the Explain panel\tplay, step back, step on
Backspace on the Explain panel\tgo back to the number one came from
Arrows, Home, End on the Patches panel\tpick a patch
Enter on the Patches panel\topen its picture and look at its place
Ctrl+V on the Picture panel\tlook at the copied picture"""


def about(window: Window) -> None:
    """Say what this program is and what it stands on."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "About CNN Explorer", f"CNN Explorer {__version__}", parent=window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(
        "Assemble, open, run and look inside convolutional networks.\n\n"
        "MIT licence. Uses PySide6 (LGPL-3.0), torch and torchvision (BSD-3-Clause), numpy (BSD-3-Clause), "
        "Pillow (MIT-CMU), safetensors (Apache-2.0), h5py (BSD-3-Clause), pyqtgraph (MIT), platformdirs (MIT)."
    )
    box.open()


def show_keys(window: Window) -> None:
    """List what keys and mouse do: the commands' own keys and the canvas's gestures."""
    keys = [(c.keys or c.hint, c.text) for c, _ in window.commands.actions if c.keys]
    rows = [line.split("\t") for line in GESTURES.splitlines()] + [list(row) for row in keys]
    cells = "".join(
        f"<tr><td style='padding-right: 24px'>{left}</td><td>{right}</td></tr>" for left, right in rows
    )  # our own words only: nothing from a file comes here
    dialog = QDialog(window)
    dialog.setWindowTitle("Keys and gestures")
    column = QVBoxLayout(dialog)
    column.addWidget(QLabel(f"<table>{cells}</table>", textFormat=Qt.TextFormat.RichText))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    dialog.open()


def export_canvas(window: Window) -> None:
    """Write the drawing of the network as PNG or SVG."""
    title = window.files.title
    _tell(window, export(window, "Export canvas", title, "Pictures", (".png", ".svg"), window.canvas.export_picture))


def export_summary(window: Window) -> None:
    """Write the table of layers as CSV, Markdown or LaTeX."""
    _tell(window, window.summary.ask_export(window.files.title))


def _tell(window: Window, outcome: tuple[str, str]) -> None:
    path, problem = outcome
    if problem:
        window.notices.say(problem, problem=True)
    elif path:
        window.telling.exported(Exported((path,)))
