"""A figure from the open network: chosen, seen, written, copied, printed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from explorer.maths.sentences import Refusal
from explorer.ui import figure_dialog, large_targets, theme
from explorer.ui.figure_dialog import FigureDialog, print_on, remembered
from explorer.ui.pictures.drawing_view import CHECKS
from tests.stories.conftest import User
from tests.test_small_window import WithIcons


@pytest.fixture
def dialog(user: User, qtbot) -> FigureDialog:
    user.session.open_network("lenet5", "LeNet-5")
    qtbot.waitUntil(lambda: len(user.project.network.nodes) > 5)
    user.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    drawn(user.window.figure_dialog)
    return user.window.figure_dialog


def drawn(dialog: FigureDialog) -> None:
    """Wait until what is chosen is seen."""
    for _ in range(1500):
        if not dialog.drawing:
            return
        QTest.qWait(20)
    raise AssertionError("the figure was not drawn within half a minute")


def said(dialog: FigureDialog) -> set[str]:
    drawn(dialog)
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
    QTest.keyClick(dialog.form.editor("transparent"), Qt.Key.Key_Space)
    assert "28×28×6" in said(dialog)
    page, seen = dialog.preview.page, dialog.preview.grab().toImage()
    margin = {seen.pixelColor(round(page.x()) + x, round(page.y()) + 3).name() for x in range(2, 40)}
    assert margin == set(CHECKS), "squares as light as paper, on which everything is read"
    QTest.keyClick(dialog.form.editor("transparent"), Qt.Key.Key_Space)
    dialog.form.editor("style").setCurrentText("paper")
    assert "tanh" in said(dialog)
    assert not dialog.form.editor("direction").isEnabled(), "cards run as the page wants"
    dialog.form.editor("style").setCurrentText("canvas")
    assert dialog.form.editor("direction").isEnabled()
    assert not dialog.form.editor("formulas").isEnabled()
    dialog.form.editor("style").setCurrentText("paper")
    assert dialog.form.editor("formulas").isEnabled()
    drawn(dialog)
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
    printer.setOutputFileName(str(tmp_path / "no such folder" / "printed.pdf"))
    with pytest.raises(Refusal, match="was not printed"):
        print_on(printer, dialog.preview.drawing)


def test_the_dialog_says_what_became_of_a_print(
    dialog: FigureDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    monkeypatch.setattr(large_targets, "LargeTargets", WithIcons)
    theme.apply(qapp, "projector")

    def chosen(asked: QPrintDialog) -> bool:
        buttons = [button for row in asked.findChildren(QDialogButtonBox) for button in row.buttons()]
        assert buttons or sys.platform != "linux", "elsewhere the dialog is the system's"
        assert all(button.icon().isNull() for button in buttons), "they are black, and nearly unseen in the dark"
        asked.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        asked.printer().setOutputFileName(str(where))
        return True

    monkeypatch.setattr(QPrintDialog, "exec", chosen)
    where = tmp_path / "a.pdf"
    QTest.mouseClick(dialog.print, Qt.MouseButton.LeftButton)
    assert dialog.said.text() == f"Printed: {where}"
    assert where.stat().st_size > 5000
    where = tmp_path / "gone" / "a.pdf"
    QTest.mouseClick(dialog.print, Qt.MouseButton.LeftButton)
    assert "was not printed" in dialog.problem.text()


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


def test_marks_of_the_style_studio_are_in_the_canvas_style(dialog: FigureDialog, user: User) -> None:
    dialog.reject()
    user.window.activateWindow()
    user.wait(user.window.isActiveWindow)
    user.click_node("conv1")
    user.window.commands.run("Use as style layer")
    user.wait(lambda: user.window.canvas.drawing.told)
    user.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = user.window.figure_dialog
    assert "style layer" not in said(dialog)
    dialog.form.editor("style").setCurrentText("canvas")
    assert {"S", "style layer"} <= said(dialog)


def test_too_many_pixels_are_told(dialog: FigureDialog) -> None:
    dialog.form.editor("dpi").entered.emit(2400)
    dialog.form.editor("width").entered.emit(100.0)
    drawn(dialog)
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert "pixels are too many" in dialog.problem.text()


def test_the_window_goes_on_while_a_long_figure_is_drawn(user: User, qtbot) -> None:
    user.session.open_network("densenet121", "DenseNet-121")
    user.wait(lambda: len(user.project.network.nodes) > 400)
    user.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = user.window.figure_dialog
    drawn(dialog)
    before = dialog.preview.drawing
    dialog.form.editor("abbreviate").setCurrentText("no")
    assert dialog.drawing, "choosing is not drawing"
    assert not dialog.write.isEnabled()
    user.wait(lambda: not dialog.line.isHidden() or not dialog.drawing)
    dialog.line.cancel.click()
    user.wait(lambda: not dialog.drawing)
    if dialog.preview.drawing is before:
        assert dialog.said.text() == "Not drawn: change a choice to draw it."
    dialog.form.editor("style").setCurrentText("paper")
    assert "1000" in " ".join(said(dialog)).replace(",", "")
    assert dialog.preview.drawing is not None
    assert len(dialog.preview.drawing.labels) > 400, "every layer has its words"
    assert dialog.write.isEnabled()
    assert user.session.worker.state == "ready", "nothing was ended"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert "figure" not in user.session.work


def test_what_cannot_be_drawn_is_told_in_its_place(dialog: FigureDialog, user: User) -> None:
    project = user.project
    user.document.open(replace(project, network=project.network.without(tuple(project.network.nodes))))
    dialog.form.editor("style").setCurrentText("paper")
    drawn(dialog)
    assert dialog.preview.drawing is None
    assert dialog.line.problem.text() == "There is no layer to draw yet: add one, or open a network."
    assert not dialog.copy.isEnabled()
    assert not user.window.notices.isVisible(), "said once"
