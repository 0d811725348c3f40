"""One run for a frame gives what the questions on a picture give one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.classics.catalogue import CLASSICS
from explorer.engine.answers import answer
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Detect, Look, OpenFile, Pixels, Predict, Watch
from explorer.formats import project_json
from explorer.maths.records import Seen
from explorer.network.network import Network
from explorer.network.project import Project


def last(question: object):
    *_, result = answer(question)
    return result


def seen(project: Project, frame: Pixels, *nodes: str) -> Seen:
    return last(Watch(project_json.dumped(project), frame, nodes))


@pytest.fixture
def dog(assets) -> Pixels:
    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as image:
        return Pixels(np.array(image.convert("RGB")))


def test_a_detector(assets, dog) -> None:
    project = last(OpenFile(str(assets / "yolo-fastest-1.1.weights")))
    found = seen(project, dog, "conv9.leaky", "yolo130")
    assert found.prediction.top == last(Detect(project, dog)).top
    assert len(found.prediction.top) >= 3
    for maps, alone in zip(found.maps, last(Look(project, dog, ("conv9.leaky", "yolo130"))), strict=True):
        assert maps.node == alone.node
        assert np.array_equal(maps.tiles, alone.tiles)
    assert min(found.before, found.network, found.behind) > 0
    assert found.problem == ""


def test_a_classifier_with_random_weights(dog) -> None:
    project = CLASSICS["squeezenet1_1"].project
    found = seen(project, dog, "features.0")
    alone = last(Predict(project, dog))
    assert [guess.label for guess in found.prediction.top] == [guess.label for guess in alone.top]
    assert found.prediction.untrained == alone.untrained
    assert found.maps[0].untrained


def test_a_network_without_an_answer_still_has_maps(dog) -> None:
    whole = CLASSICS["squeezenet1_1"].project
    ids = list(whole.network.nodes)
    trunk = whole.rewired(Network({id: whole.network.nodes[id] for id in ids[: ids.index("features.3.squeeze") + 1]}))
    found = seen(trunk, dog, "features.0", "not there")
    assert found.prediction is None
    assert "not in one number per class" in found.problem
    assert [maps.node for maps in found.maps] == ["features.0"]


def test_a_network_without_an_answer_says_so_before_it_runs(dog, monkeypatch) -> None:
    """U-Net ran for ten seconds at each frame to say so."""
    project = CLASSICS["unet"].project

    def fails(*_: object) -> None:
        raise AssertionError("it ran")

    for name in ("build", "prepare", "running", "values"):
        monkeypatch.setattr(Program, name, fails)
    found = seen(project, dog)
    assert "ends in 2×388×388, not in one number per class" in found.problem
    with pytest.raises(ProgramError, match="ends in 2×388×388, not in one number per class"):
        last(Predict(project, dog))


def test_a_network_that_cannot_run_yet(dog) -> None:
    whole = CLASSICS["squeezenet1_1"].project
    broken = whole.rewired(whole.network.with_settings("features.3.squeeze", kernel=900))
    found = seen(broken, dog, "features.0")
    assert found.prediction is None
    assert "cannot run yet" in found.problem
    assert found.maps[0].values.shape == (64, 111, 111)
    assert seen(broken, dog).maps == ()
    with pytest.raises(ProgramError, match=r"features\.3\.squeeze"):
        seen(broken, dog, "features.4.squeeze")


def test_the_same_project_is_read_once(dog) -> None:
    from explorer.engine import watching

    project = replace(CLASSICS["lenet5"].project, title="read once")
    before = watching._project.cache_info().misses
    for _ in range(3):
        seen(project, dog)
    assert watching._project.cache_info().misses == before + 1
