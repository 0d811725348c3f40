"""A figure from the open network: chosen, seen, written, copied, printed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest

from explorer.ui import figure_dialog
from explorer.ui.figure_dialog import FigureDialog, print_on, remembered
from tests.stories.conftest import User


@pytest.fixture
def dialog(user: User, qtbot) -> FigureDialog:
    user.window.files.open_network("lenet5", "LeNet-5")
    qtbot.waitUntil(lambda: len(user.project.network.nodes) > 5)
    user.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    return user.window.figure_dialog


def said(dialog: FigureDialog) -> set[str]:
    assert dialog.preview.drawing is not None
    return {label.text for label in dialog.preview.drawing.labels}


def save_as(dialog: FigureDialog, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(_parent, _title, _name, _words, endings, write):
        assert path.suffix in endings
        write(str(path))
        return str(path), ""

    monkeypatch.setattr(figure_dialog, "export", chosen)
    QTest.mouseClick(dialog.write, Qt.MouseButton.LeftButton)


def test_choices_are_seen_at_once_and_remembered(dialog: FigureDialog, user: User) -> None:
    assert dialog.isVisible()
    assert "28×28×6" in said(dialog)
    before = dialog.grab().toImage()
    dialog.form.editor("formulas").setFocus()
    QTest.keyClick(dialog.form.editor("formulas"), Qt.Key.Key_Space)
    assert "⌊(32 + 2·0 − 5) / 1⌋ + 1 = 28" in said(dialog)
    assert dialog.grab().toImage() != before
    dialog.form.editor("style").setCurrentText("paper")
    assert "tanh" in said(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    again = remembered(user.window.settings)
    assert (again.style, again.formulas) == ("paper", True)
    user.window.settings.set_choice("figure", '{"style": "no such one"}')
    assert remembered(user.window.settings).style == "volumes"


def test_it_is_written_as_it_is_seen(dialog: FigureDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.svg", "a.pdf", "a.png"):
        save_as(dialog, tmp_path / name, monkeypatch)
        assert str(tmp_path / name) in dialog.said.text()
    texts = {text.text for text in ElementTree.parse(tmp_path / "a.svg").iter("{http://www.w3.org/2000/svg}text")}
    assert texts == said(dialog)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    with Image.open(tmp_path / "a.png") as image:
        assert image.width == round(17 / 2.54 * 300)
        assert len(image.convert("RGB").getcolors(1 << 20) or ()) > 10


def test_it_is_copied_and_printed(dialog: FigureDialog, tmp_path: Path) -> None:
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert b"<svg" in data.data("image/svg+xml").data()
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    assert dialog.preview.drawing is not None
    print_on(printer, dialog.preview.drawing)
    assert (tmp_path / "printed.pdf").stat().st_size > 5000


def test_a_selection_is_drawn_alone(dialog: FigureDialog, user: User) -> None:
    assert dialog.part.isHidden()
    dialog.reject()
    user.window.activateWindow()
    user.wait(user.window.isActiveWindow)
    user.window.session.select(tuple(user.project.network.nodes)[:3])
    user.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = user.window.figure_dialog
    assert dialog.part.isVisible()
    assert dialog.part.isChecked()
    assert "14×14×6" not in said(dialog)
    dialog.part.click()
    assert "14×14×6" in said(dialog)


def test_too_many_pixels_are_told(dialog: FigureDialog) -> None:
    dialog.form.editor("dpi").entered.emit(2400)
    dialog.form.editor("width").entered.emit(100.0)
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert "pixels are too many" in dialog.problem.text()
