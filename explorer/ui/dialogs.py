"""The few dialogs that are not about files of ours: exports, about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from explorer import __version__
from explorer.ui.controls.passing import passing
from explorer.ui.destinations import export
from explorer.ui.plain_buttons import plain
from explorer.workspace.log_file import NAME, log_folder

if TYPE_CHECKING:
    from explorer.ui.window import Window


def about(window: Window) -> None:
    """Say what this program is and what it stands on."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "About CNN Explorer", f"CNN Explorer {__version__}", parent=window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(
        "Assemble, open, run and look inside convolutional networks.\n\n"
        "MIT licence. Uses PySide6 (LGPL-3.0), torch and torchvision (BSD-3-Clause), numpy (BSD-3-Clause), "
        "Pillow (MIT-CMU), safetensors (Apache-2.0), h5py (BSD-3-Clause), pyqtgraph (MIT), platformdirs (MIT), "
        "openTSNE (BSD-3-Clause).\n\n"
        f"What went wrong is noted in {log_folder() / NAME}."
    )
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)  # to copy the path
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    plain(box)
    passing(box)
    box.open()


def export_canvas(window: Window) -> None:
    """Write the drawing of the network as PNG, SVG or PDF."""
    title = window.files.title
    _tell(
        window,
        export(window, "Export canvas", title, "Pictures", (".png", ".svg", ".pdf"), window.canvas.export_picture),
    )


def copy_canvas(window: Window) -> None:
    """Put the drawing of the network on the clipboard."""
    from explorer.ui.canvas.figure import picture

    QGuiApplication.clipboard().setImage(picture(window.canvas.drawing))


def figure(window: Window) -> None:
    """Draw the network, or what is selected of it, to be published."""
    from explorer.ui.figure_dialog import FigureDialog

    roles = window.canvas.drawing.roles.roles
    window.figure_dialog = FigureDialog(window, window.session, window.settings, window.files.title, roles)
    passing(window.figure_dialog)
    window.figure_dialog.open()


def train_style(window: Window) -> None:
    """Train a network that paints; a training that goes on is shown again."""
    from explorer.ui.teaching_dialog import TeachingDialog

    # Asked of all there is in the window, each for its class, it took 3 ms.
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    shown = window.findChild(TeachingDialog, options=direct) or TeachingDialog(window, window.session, window.settings)
    shown.show()
    shown.raise_()


def export_summary(window: Window) -> None:
    """Write the table of layers as CSV, Markdown or LaTeX."""
    _tell(window, window.summary.ask_export(window.files.title))


def _tell(window: Window, outcome: tuple[str, str]) -> None:
    _, problem = outcome
    if problem:
        window.notices.say(problem, problem=True)
