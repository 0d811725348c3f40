"""Channels switched off or scaled as a part of the project: edited, kept in order, saved, and refused where wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.formats import project_json
from explorer.formats.project_file import ProjectError, read, write
from explorer.formats.strict_json import Fault
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.ablation import GREATEST, Ablation, WrongAblation, in_words
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.workspace.document import Document

PROJECT = Project(
    Network({
        "in": Node("in", Input(3, 8, 8)),
        "conv": Node("conv", Conv2d(4, 3), ("in",)),
        "relu": Node("relu", ReLU(), ("conv",)),
    })
)  # fmt: skip

FACTORS = st.floats(-GREATEST, GREATEST).filter(lambda factor: factor != 1)


@given(st.lists(st.tuples(st.sampled_from(["conv", "relu"]), st.integers(0, 9), FACTORS | st.just(1.0)), max_size=12))
def test_the_last_word_on_each_channel_counts(edits: list[tuple[str, int, float]]) -> None:
    project, expected = PROJECT, {}
    for node, channel, factor in edits:
        project = project.with_factors(node, {channel: factor})
        expected[node, channel] = factor
    assert {(one.node, one.channel): one.factor for one in project.ablations} == {
        key: factor for key, factor in expected.items() if factor != 1
    }
    assert list(project.ablations) == sorted(project.ablations)
    assert project_json.loaded(project_json.dumped(project)) == project
    assert {node: dict(found) for node, found in project.factors.items()} == {
        node: {c: f for (n, c), f in expected.items() if n == node and f != 1}
        for node in {one.node for one in project.ablations}
    }


def test_in_whatever_order_it_is_done_it_is_the_same_project() -> None:
    there = PROJECT.with_factors("relu", {1: 0.0}).with_factors("conv", {3: 0.5, 0: 0.0})
    back = PROJECT.with_factors("conv", {0: 0.0}).with_factors("conv", {3: 0.5}).with_factors("relu", {1: 0.0})
    assert there == back
    assert back.with_factors("conv", {0: 1.0, 3: 1.0}).with_factors("relu", {1: 1}) == PROJECT


def test_it_goes_with_its_node_and_stays_with_a_channel_that_may_come_back() -> None:
    project = PROJECT.with_factors("conv", {3: 0.0}).with_factors("relu", {3: 0.0})
    fewer = project.rewired(project.network.with_settings("conv", channels=2))
    assert fewer.ablations == project.ablations
    assert project.rewired(project.network.without(["relu"])).ablations == (Ablation("conv", 3),)


def test_undo_brings_a_channel_back(qapp) -> None:
    document, heard = Document(PROJECT), []
    document.changed.connect(heard.append)
    document.edit("Switch off channel 2 of conv", PROJECT.with_factors("conv", {2: 0.0}))
    assert heard[-1].touched == {"conv"}
    assert heard[-1].runs_otherwise
    assert not heard[-1].rewired
    for factor in (0.2, 0.3, 0.4):
        document.edit("Scale channel 2 of conv", document.project.with_factors("conv", {2: factor}), merge="conv.2")
    assert document.history.count == 2, "a dragged slider is one step"
    document.undo()
    assert document.project.factors == {"conv": {2: 0.0}}
    document.undo()
    assert document.project == PROJECT


def test_saved_and_opened_again(tmp_path: Path) -> None:
    project = PROJECT.with_factors("conv", {0: 0.0, 2: -0.25}).with_factors("in", {1: 3})
    write(tmp_path / "a.cnnx", project)
    assert read(tmp_path / "a.cnnx") == project
    assert b"ablations" not in project_json.dumped(PROJECT), "which older programs read"


WRONG = {
    "a node that is not there": ({"gone": [[0, 0.0]]}, "“gone” that is not there"),
    "no object": ([], "something else than an object at ablations"),
    "no list": ({"conv": 3}, "something else than a list"),
    "no pair": ({"conv": [[0]]}, "something else than a channel and a factor"),
    "three": ({"conv": [[0, 0.0, 1]]}, "something else than a list of at most 2"),
    "half a channel": ({"conv": [[0.5, 0.0]]}, "something else than a channel"),
    "true": ({"conv": [[True, 0.0]]}, "something else than a channel"),
    "no channel": ({"conv": [[-1, 0.0]]}, "There is no channel -1"),
    "text": ({"conv": [[0, "0"]]}, "something else than a number"),
    "too much": ({"conv": [[0, 1e9]]}, "from −100 to 100"),
    "nothing": ({"conv": [[0, 1]]}, "that is not 1"),
    "twice": ({"conv": [[0, 0.5], [0, 0.0]]}, "a channel twice"),
}


@pytest.mark.parametrize("name", WRONG)
def test_hostile_files(name: str) -> None:
    value, words = WRONG[name]
    described = json.loads(project_json.dumped(PROJECT))
    with pytest.raises(Fault) as caught:
        project_json.loaded(json.dumps({**described, "ablations": value}).encode())
    assert words in str(caught.value)
    assert len(str(ProjectError(f"“x.cnnx” {caught.value}: open another copy."))) <= 300


@pytest.mark.parametrize("factor", [float("nan"), float("inf"), -100.5, 1e30])
def test_factors_that_cannot_be(factor: float) -> None:
    with pytest.raises(WrongAblation, match="from −100 to 100"):
        PROJECT.with_factors("conv", {0: factor})


def test_words() -> None:
    assert in_words([0.0, 0.0]) == "2 off"
    assert in_words([0.5]) == "×0.5"
    assert in_words([0.0, -2.0]) == "1 off, ×−2"
    assert in_words([0.0, 0.5, 0.2]) == "1 off, 2 scaled"
    assert in_words([]) == ""
