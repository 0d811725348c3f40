"""The user guide in the window."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from explorer.layers.dense import Input
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui import dialogs
from explorer.ui.panels.guide_page import GuidePage
from explorer.ui.panels.labs_page import LABS
from explorer.ui.theme import GRID
from explorer.ui.window import Window
from explorer.workspace import guide
from explorer.workspace.guide import ABOUT, chapters, folder
from explorer.workspace.log_file import NAME as LOG
from explorer.workspace.log_file import log_folder
from tests.window_side import idle_window

LONGEST = 720
"""Letters of a paragraph of the guide: six lines."""


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    window.session.open_project(Project(Network({"x": Node("x", Input(3, 32, 32))}), {"x": (0.0, 0.0)}))
    yield window
    window.close_now()


def title(page: GuidePage) -> str:
    return page.list.currentItem().text()


def test_every_panel_has_its_chapter(window: Window) -> None:
    titles = {chapter.title for chapter in chapters()}
    assert set(ABOUT.values()) <= titles
    assert set(window.docks) <= ABOUT.keys()


def test_every_picture_of_the_guide_is_there() -> None:
    names = [name for chapter in chapters() for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", chapter.text)]
    assert len(names) > 10
    assert all((folder() / name).is_file() for name in names)


def f1(window: Window) -> str:
    """The chapter that the key opens; Escape leads back from it."""
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F1)
    page = window.pages.currentWidget()
    assert isinstance(page, GuidePage)
    found = title(page)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    return found


def test_f1_opens_the_chapter_about_every_panel(window: Window) -> None:
    found = {}
    for panel in window.docks:
        window.docks.bring(panel)
        window.docks.turns.finish(panel)
        window.docks[panel].widget().setFocus()
        found[panel] = f1(window)
        assert window.pages.shows_canvas
    assert found == {panel: ABOUT[panel] for panel in window.docks}


def test_f1_opens_the_chapter_about_every_page(window: Window) -> None:
    pages, found = window.pages, {}
    show = {
        "Start": pages.show_start, "Gallery": pages.show_gallery, "Model library": pages.show_library,
        "Compare": pages.show_compare, "Data set": pages.show_data_set, "The course's facts": pages.show_facts,
        "Keys and gestures": lambda: pages.show_keys(window.commands), "Style studio": pages.show_studio,
        "Weights report": pages.show_weights,
    }  # fmt: skip
    for name, go in show.items():
        go()
        found[name] = f1(window)
    assert found == {name: ABOUT[name] for name in show}
    for lab in LABS:
        pages.show_lab(lab)
        assert f1(window) == "Labs", lab


def test_on_the_canvas_it_is_about_building(window: Window) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F1)
    assert title(window.pages.guide) == "Build a network"


def test_search_leads_through_all_chapters(window: Window) -> None:
    window.pages.show_guide()
    page = window.pages.guide
    QTest.keyClicks(page.search, "minimap")
    shown = [page.list.item(row).text() for row in range(page.list.count()) if not page.list.item(row).isHidden()]
    assert shown == [chapter.title for chapter in chapters() if "minimap" in chapter.text]
    assert title(page) in shown
    assert page.text.textCursor().selectedText().lower() == "minimap"
    page.search.setText("Ctrl+")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    first = page.text.textCursor().position()
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert page.text.textCursor().position() != first
    page.search.setText("nothing of this kind")
    assert page.list.currentItem() is not None


def test_words_are_found_across_the_ends_of_lines_and_marks(window: Window) -> None:
    """As they are read in the window: the file's lines end elsewhere, and some of its words stand between stars."""
    broken = next(chapter for chapter in chapters() if re.search(r"[a-z]{4}\n[a-z]{4}", chapter.text))
    marked = next(chapter for chapter in chapters() if re.search(r"\w+ \*\*\w+\*\* \w+", chapter.text))
    ends = re.search(r"([a-z]{4})\n([a-z]{4})", broken.text)
    stars = re.search(r"\w+ \*\*\w+\*\* \w+", marked.text)
    assert ends is not None
    assert stars is not None
    window.pages.show_guide()
    page = window.pages.guide
    for words, chapter in ((" ".join(ends.groups()), broken), (stars[0].replace("*", ""), marked)):
        page.search.setText(words)
        row = [each.title for each in page.chapters].index(chapter.title)
        assert not page.list.item(row).isHidden(), words
        page.list.setCurrentRow(row)
        assert page.text.textCursor().selectedText() == words


def test_pictures_are_no_wider_than_the_page(window: Window, qtbot) -> None:
    window.pages.show_guide()
    page = window.pages.guide
    page.open_at("Get a trained network")
    text, picture = page.text, QTextDocument.ResourceType.ImageResource.value
    name = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text._chapter.text)[0]

    def came() -> bool:
        """Whether the picture itself is there, as wide as there is room."""
        image = text.document().resource(picture, QUrl(name))
        return image.format() != QImage.Format.Format_Alpha8 and image.width() == text.viewport().width() - 5 * GRID

    assert text.document().resource(picture, QUrl(name)).format() == QImage.Format.Format_Alpha8, "its place, at once"
    for width in (1280, 1000):
        window.resize(width, 800)
        qtbot.waitUntil(came)
        assert text.document().size().width() <= text.viewport().width() + 1
        assert not text.horizontalScrollBar().isVisible()
    assert text.document().resource(picture, QUrl(name)) == QImage(str(folder() / name)).scaled(
        text.document().resource(picture, QUrl(name)).size(), mode=Qt.TransformationMode.SmoothTransformation
    )


def test_links_of_the_guide_lead_somewhere(window: Window) -> None:
    links = [link for chapter in chapters() for link in re.findall(r"(?<!!)\[[^]]*\]\(([^)]+)\)", chapter.text)]
    assert links
    window.pages.show_guide()
    page = window.pages.guide
    page.open_at("Open any network")
    anchors = {f"#{chapter.anchor}" for chapter in chapters()}
    for link in links:
        assert link.startswith("https://") or link in anchors or guide.beside(link) is not None, link
    page.text.anchorClicked.emit(QUrl("#see-what-a-detector-finds"))
    assert title(page) == "See what a detector finds"
    page.text.anchorClicked.emit(QUrl("#nothing-of-this-name"))
    assert title(page) == "See what a detector finds"
    page.open_at("Open any network")
    page.text.anchorClicked.emit(QUrl("onnx-operators.md"))
    assert "operators are read" in page.text.toPlainText()
    item = page.list.currentItem()
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=page.list.visualItemRect(item).center())
    assert page.text.toPlainText().startswith("Open any network")
    for link in ("../README.md", "pictures/start.png", "nothing.md", "/etc/hostname"):
        assert guide.beside(link) is None


def test_the_contents_lead_to_every_chapter_in_order() -> None:
    before = (folder() / "guide.md").read_text("utf-8").partition("\n## ")[0]
    said = [(" ".join(title.split()), anchor) for title, anchor in re.findall(r"\[([^]]+)\]\(#([^)]+)\)", before)]
    assert said == [(chapter.title, chapter.anchor) for chapter in chapters()]


def test_paragraphs_of_the_guide_can_be_read() -> None:
    """None so long that one loses one's place; a list's points, a picture and a piece of code count as one each."""
    for chapter in chapters():
        text = re.sub(r"```.*?```", "", chapter.text, flags=re.S)
        for paragraph in re.split(r"\n\n|\n(?=- |\d+\. |\|)", text):
            assert len(paragraph) <= LONGEST, f"{chapter.title}: {paragraph[:80]}"


def test_no_chapter_is_wider_than_the_page(window: Window, qtbot) -> None:
    """Code has lines that are not broken: of the commands one saw two thirds."""
    window.resize(1280, 800)
    window.pages.show_guide()
    page = window.pages.guide
    for chapter in page.chapters:
        page.open_at(chapter.title)
        qtbot.waitUntil(lambda title=chapter.title: page.text.toPlainText().startswith(title))
        assert page.text.horizontalScrollBar().maximum() == 0, chapter.title


def test_about_says_where_the_log_lies(window: Window) -> None:
    """The guide says that the log has the details; nobody knows by heart where a system keeps logs."""
    dialogs.about(window)
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    assert str(log_folder() / LOG) in box.informativeText()
    assert box.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    box.close()


def test_without_the_guide_it_is_said(window: Window, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(guide, "folder", lambda: tmp_path)
    window.pages.show_guide()
    assert title(window.pages.guide) == "The guide is not there"
