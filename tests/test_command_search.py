"""What people type into the search of commands, and what they meant by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from explorer.classics.book import BOOK
from explorer.classics.catalogue import CLASSICS
from explorer.engine import library
from explorer.maths.records import ModelCard
from explorer.ui.command_search import rows
from explorer.ui.controls.matching import rank_called
from explorer.ui.elsewhere import elsewhere, topics
from explorer.ui.offers import layers, more
from explorer.ui.other_words import OTHER_WORDS
from explorer.ui.panels.labs_page import LABS
from explorer.ui.tables.model_table import ModelTable
from explorer.ui.window import Window
from explorer.workspace.guide import chapters
from tests.window_side import idle_window

MEANT = {
    "faces": "Find faces with the camera", "face detection": "Find faces with the camera", "webcam": "Camera",
    "boxes": "Boxes", "bounding box": "Boxes", "nms": "Boxes", "heat map": "Attribution", "heatmap": "Attribution",
    "saliency": "Attribution", "grad-cam": "Attribution", "gradcam": "Attribution", "why": "Explain this number",
    "receptive field": "Receptive field", "convert": "Export…", "onnx export": "Export…", "export to onnx": "Export…",
    "import": "Open…", "load weights": "Load weights…", "dark": "Dark", "night": "Dark", "dark mode": "Dark",
    "projector": "Projector", "font size": "Projector", "undo arrange": "Undo",
    "slide show": "Full screen", "clicker": "Full screen",
    "layout": "Arrange automatically", "horizontal": "Arrange left to right",
    "auto layout": "Arrange automatically", "parameters": "Parameters", "flops": "In FLOPs: they are two",
    "channels last": "Height × width × channels", "model summary": "Summary", "iou": "Intersection over union",
    "anchor boxes": "Anchors by k-means", "deep dream": "Dream", "pruning": "Effects", "ablation": "Effects",
    "feature maps": "Activations", "kernels": "Filters", "style transfer": "Style studio…",
    "confusion matrix": "Data set…", "evaluate": "Data set…", "diff": "Compare…", "pretrained": "Model library…",
    "shortcuts": "Keys and gestures", "preferences": "Keys and gestures", "tutorial": "Build your first network",
    "manual": "User guide", "latex": "Figure…", "keras": "Export Keras source…", "collapse": "Group",
    "comment": "Add note", "record": "Keep", "recover": "Bring back unsaved edits…", "new": "New",
    "googlenet": "GoogLeNet of torchvision",
    "resnet50": "ResNet-50", "resnet-50": "ResNet-50", "vgg16": "VGG-16", "segmentation": "U-Net", "mnist": "LeNet-5",
    "faster r-cnn": "Faster R-CNN on ResNet-50", "make a figure": "Make a figure", "reset layout": "Put all back",
    "open the style studio": "Style studio…", "browse the gallery": "Gallery…", "browse the library": "Model library…",
    "start building": "Start building", "open the labs": "Labs…",  # as the start page's buttons say it
    "transfer learning": "Train it with your own program", "fine-tune": "Train it with your own program",
    "train a classifier": "Train it with your own program", "1x1": "1×1 convolution, in the course's facts",
    "1×1 convolution": "1×1 convolution, in the course's facts",
    "edge detection": "Edges, in the course's facts", "triplet loss": "Faces, in the course's facts",
}  # fmt: skip
"""What is typed, and the title that answers it first."""

TRAINED = ModelCard(
    "fasterrcnn_resnet50_fpn", "Faster R-CNN on ResNet-50", "finds boxes", 41_755_286, 167_104_394, "", "", "COCO",
    "258fb6c6", False,
)  # fmt: skip


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    window.session.open_project(CLASSICS["lenet5"].project)
    window.session.models = (TRAINED,)
    yield window
    window.close_now()


def first(window: Window, query: str) -> str:
    found = rows(window, query, elsewhere(window))
    return found[0].title.removeprefix("✓ ").partition(":" if query.startswith("undo") else "\n")[0] if found else ""


def test_a_sample_picture_fits_the_network(window: Window) -> None:
    """It was the astronaut for a network that reads digits."""
    for query in ("sample picture", "sample", "example picture"):
        window.session.work.pop("picture", None)
        rows(window, query, elsewhere(window))[0].do()
        assert "digit.png" in window.session.work["picture"].text, query


def test_what_people_type_is_answered_by_what_they_meant(window: Window) -> None:
    window.canvas.arrange()
    answers = {query: first(window, query) for query in MEANT}
    assert answers == MEANT
    assert len(MEANT) >= 40


@pytest.mark.parametrize("query", ["detector", "object detector", "object detection"])
def test_a_detector_is_a_network_that_finds_things(window: Window, query: str) -> None:
    """HED, which draws edges, came first: it alone is called a detector. The library had none of the others."""
    window.session.models = library.cards()
    found = [row.title for row in rows(window, query, elsewhere(window))]
    trained = [card.title for card in library.cards() if card.task.startswith("finds")]
    assert [title for title in found if title in trained] == trained, "the one that comes with the program first"
    assert "HED edge detector" not in found[: found.index(trained[-1])]
    if query == "detector":
        assert found[0] == trained[0]
    table = ModelTable()
    table.fill(window.session.models)
    table.show_those(query, "", 0, False)
    tasks = [table.card(row).task for row in range(table.rowCount())]
    assert sum(task.startswith("finds") for task in tasks) == len(trained)


def test_other_words_belong_to_something_that_is_there(window: Window) -> None:
    known = {command.path for command, _ in window.commands.actions}
    known |= {f"Guide/{chapter.title}" for chapter in chapters()} | {f"Facts/{fact.topic}" for fact in BOOK}
    known |= {f"Layers/{offer.name}" for offer in (*layers(), *more())}
    known |= {f"Labs/{title}" for title in LABS} | {f"Gallery/{classic.family}" for classic in CLASSICS.values()}
    known |= {f"Task/{card.task.split()[0]}" for card in library.cards()}
    assert set(OTHER_WORDS) <= known
    assert set(topics()) == {fact.topic for fact in BOOK}


def test_a_topic_of_the_course_is_gone_to(window: Window) -> None:
    (row,) = [row for row in rows(window, "1x1", elsewhere(window)) if row.title.endswith("in the course's facts")]
    row.do()
    page = window.pages.facts
    assert window.pages.currentWidget() is page
    assert page.search.text() == "1×1 convolution"


def test_every_place_is_found_by_its_title(window: Window) -> None:
    places = list(elsewhere(window))
    assert len(places) == len(LABS) + len(CLASSICS) + len(chapters()) + len(topics()) + 1
    for place in places:
        assert rank_called(place.title, place.title, place.others, place.words) == 0


def test_whole_names_come_before_beginnings_and_these_before_words() -> None:
    others = "saliency, heat map"
    assert rank_called("heat map", "Attribution", others) == 0
    assert rank_called("attribution", "Attribution…", others) == 0
    assert rank_called("attr", "Attribution", others) == 1
    assert rank_called("heat", "Attribution", others) == 2
    assert rank_called("tribu", "Attribution", others) == 3
    assert rank_called("maps of saliency", "Attribution", others) == 4
    assert rank_called("abn", "Attribution", others) == 5
    assert rank_called("xyz", "Attribution", others) is None


def ask(query: str) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_P, both)
    QTest.keyClicks(QApplication.focusWidget(), query)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def test_enter_goes_to_a_lab_a_network_a_chapter_and_what_is_not_here_yet(window: Window, qtbot: Any) -> None:
    window.canvas.setFocus()
    ask("jaccard")
    assert window.pages.labs.list.currentItem().text() == "Intersection over union"
    ask("u-net")
    qtbot.waitUntil(lambda: window.session.document.project.title == "U-Net")
    ask("networks that paint")
    assert window.pages.guide.list.currentItem().text() == "Networks that paint"
    ask("faster r-cnn")
    assert window.pages.library.chosen == TRAINED
    assert window.pages.currentWidget() is window.pages.library
    assert not window.session.work, "nothing is fetched by the way"


def test_a_network_of_gallery_and_library_is_told_apart(window: Window) -> None:
    assert "ResNet-50" in [row.title for row in rows(window, "resnet", elsewhere(window))], "nobody else is called so"
    window.session.models = (TRAINED, replace(TRAINED, name="resnet50", title="ResNet-50"))
    places = tuple(elsewhere(window))
    assert [row.title for row in rows(window, "resnet-50", places)][:2] == [
        "ResNet-50, trained",
        "ResNet-50, not trained",
    ]
    assert rows(window, "resnet-50 trained", places)[0].title == "ResNet-50, trained"
    assert rows(window, "not trained resnet-50", places)[0].title == "ResNet-50, not trained"
    titles = [row.title for row in rows(window, "resnet", places)]
    assert len(titles) == len(set(titles)) > 5


def test_a_key_pressed_while_a_network_is_coming_is_meant_for_it(window: Window, qtbot: Any) -> None:
    window.canvas.setFocus()
    tabs = len(window.session.document.tabs)
    ask("u-net")
    assert len(window.session.document.tabs) == tabs, "it comes in turns"
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    assert window.session.document.project.title == "U-Net"
    assert window.canvas.box.isVisible()
    qtbot.wait(100)
    assert window.canvas.box.isVisible()
    assert len(window.session.document.tabs) == tabs + 1, "it has come once"


def test_a_command_with_a_menu_of_its_own_opens_that(window: Window, qtbot) -> None:
    window.canvas.setFocus()
    window.settings.add_recent("net.cnnx")
    ask("open recent")
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()][:1] == ["&1 net.cnnx\t."]
    menu.close()
