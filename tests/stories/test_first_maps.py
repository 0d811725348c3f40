"""How soon somebody who has just started the program sees what a network makes of a picture."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from explorer.workspace.samples import SHOWN, digit, first_worth_seeing, samples, suited
from tests.stories.conftest import LEFT


def button(within: QWidget, text: str) -> QPushButton:
    buttons = [b for b in within.findChildren(QPushButton) if b.isVisible()]
    return next(b for b in buttons if text in (b.text(), b.accessibleName()))


def test_two_clicks_from_the_start_to_feature_maps(user) -> None:
    user.wait(lambda: user.session.models, 60)
    QTest.mouseClick(button(user.window.pages.start, "Open LeNet-5"), LEFT)  # it came with the program
    user.wait(lambda: user.project.weights, 60)
    panel = user.window.activations
    QTest.mouseClick(button(panel, "Show those of a sample picture"), LEFT)
    user.wait(lambda: user.session.maps)
    assert user.session.selection == ("conv1",)
    assert user.session.maps.values.shape == (6, 28, 28)
    assert user.session.picture.name == digit().name  # it reads digits: a photo would say nothing
    assert panel.stack.currentIndex() == 1
    user.wait(lambda: user.session.prediction)
    best = user.session.prediction.top[0]
    assert (best.label, best.probability > 0.99) == ("5", True)


def test_what_is_selected_stays_selected(user) -> None:
    user.session.open_network("lenet5", "LeNet-5")
    user.click_node("pool2")
    QTest.mouseClick(button(user.window.picture, "Sample picture"), LEFT)
    user.wait(lambda: user.session.maps)
    assert user.session.selection == ("pool2",)


def test_the_first_layer_worth_seeing() -> None:
    from explorer.classics.catalogue import CLASSICS
    from explorer.network.analysis import analyse

    first = {}
    for name in ("lenet5", "resnet50", "googlenet", "vgg16"):
        network = CLASSICS[name].network
        first[name] = first_worth_seeing(network, analyse(network))
    assert first["lenet5"] == "conv1"
    assert first["resnet50"] == "conv1"
    assert all(first.values())


def test_a_sample_suits_the_network() -> None:
    from dataclasses import replace

    from explorer.classics.catalogue import CLASSICS
    from explorer.network.analysis import analyse
    from explorer.network.project import Project, Recipe

    chosen = {}
    for name, labels in (("lenet5", ()), ("lenet5", tuple("0123456789")), ("lenet5", ("shirt", "bag")), ("vgg16", ())):
        project = Project(CLASSICS[name].network, recipe=replace(Recipe(), labels=labels))
        chosen[name, len(labels)] = suited(project, analyse(project.network))
    assert chosen == {
        ("lenet5", 0): digit(), ("lenet5", 10): digit(), ("lenet5", 2): samples()[0], ("vgg16", 0): samples()[0]
    }  # fmt: skip


def test_a_photo_of_a_thing_that_the_network_has_a_class_for() -> None:
    """MobileNetV2 was shown an astronaut, whom ImageNet does not know, and said bobsled."""
    from explorer.classics.catalogue import CLASSICS
    from explorer.network.analysis import analyse
    from explorer.network.project import Project, Recipe

    network = CLASSICS["vgg16"].network
    facts, chosen = analyse(network), {}
    for labels in (("bobsled", "Egyptian cat", "espresso"), ("espresso",), ("person", "cat"), ("face",), ("yak",)):
        chosen[labels] = suited(Project(network, recipe=Recipe(labels=labels)), facts).stem
    assert list(chosen.values()) == ["cat", "coffee", "astronaut", "astronaut", samples()[0].stem]
    assert set(SHOWN) <= {photo.stem for photo in samples()}
