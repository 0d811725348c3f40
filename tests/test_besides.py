"""Two projects with the same layers and weights that are not the same: pictures are prepared otherwise, classes are
called otherwise, another end is the answer, channels are off, an Input is fed something else."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.cli.commands import main
from explorer.engine.weight_changes import compared
from explorer.formats import project_file
from explorer.layers.activations import ReLU, Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.network.besides import in_sentences
from explorer.network.diff import Diff, compare_projects
from explorer.network.diff_words import equality
from explorer.network.fed import Numbers
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe

NETWORK = (
    Network()
    .with_node(Node("in", Input(3, 4, 4)))
    .with_node(Node("flat", Flatten(), ("in",)))
    .with_node(Node("fc", Linear(3), ("flat",)))
    .with_node(Node("side", ReLU(), ("fc",)))
    .with_node(Node("prob", Softmax(), ("fc",)))
)
PROJECT = Project(NETWORK, recipe=Recipe(0.875, (0.5, 0.4, 0.3), (0.2, 0.2, 0.2), ("cat", "dog", "cow")))


def of_recipe(**values: object) -> Project:
    return replace(PROJECT, recipe=replace(PROJECT.recipe, **values))  # type: ignore[arg-type]


def said(new: Project, old: Project = PROJECT) -> str:
    diff = compare_projects(old, new)
    assert diff.alike
    assert diff.equal == (not diff.besides)
    return in_sentences(diff.besides)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (PROJECT, ""),
        (replace(PROJECT, title="other", places={"fc": (1.0, 2.0)}, origin="elsewhere"), ""),
        (of_recipe(crop=0.0), "Pictures are prepared otherwise: crop 0.875 → none: stretched."),
        (
            of_recipe(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
            "Pictures are prepared otherwise: mean 0.5, 0.4, 0.3 → 0.485, 0.456, 0.406; "
            "std 0.2, 0.2, 0.2 → 0.229, 0.224, 0.225.",
        ),
        (of_recipe(std=(0.2,)), ""),  # one serves all channels
        (
            of_recipe(scaling="bicubic", padding="letterbox"),
            "Pictures are prepared otherwise: scaling bilinear → bicubic; padding none → letterbox.",
        ),
        (of_recipe(labels=()), "Names of classes: 3 → none."),
        (of_recipe(labels=("cat", "dog", "ox")), "Names of classes: 3 in both, 1 differs: 2 “cow” → “ox”."),
        (
            of_recipe(labels=("dog", "cat", "cow")),
            "Names of classes: 3 in both, 2 differ, the same ones in another order: 0 “cat” → “dog”; 1 “dog” → “cat”.",
        ),
        (
            of_recipe(labels=("a", "b", "c", "d")),
            "Names of classes: 3 → 4, 4 differ: 0 “cat” → “a”; 1 “dog” → “b”; 2 “cow” → “c”; …",
        ),
        (replace(PROJECT, main="side"), "The answer is another end: prob → side."),
        (replace(PROJECT, main="prob"), ""),  # it is without being named
        (PROJECT.with_factors("fc", {0: 0.0, 2: 0.5}), "Channels switched off or scaled: none → 2 of fc."),
        (PROJECT.feeding("in", Numbers((0.0, 1.0, 0.0))), "Inputs are fed otherwise: nothing → in number 1."),
    ],
)  # fmt: skip
def test_what_differs_is_named(new: Project, told: str) -> None:
    assert said(new) == told


def test_nodes_with_other_names_are_the_same_ones() -> None:
    nodes = {"fc": "head", "side": "aside", "prob": "softmax"}
    network = Network({
        nodes.get(id, id): replace(node, id=nodes.get(id, id), inputs=tuple(nodes.get(i, i) for i in node.inputs))
        for id, node in NETWORK.nodes.items()
    })  # fmt: skip
    old = replace(PROJECT, main="side").with_factors("fc", {1: 0.0})
    new = replace(PROJECT, network=network, main="aside").with_factors("head", {1: 0.0})
    assert said(new, old) == ""
    assert said(replace(new, main="", ablations=()), old) == (
        "The answer is another end: side → softmax. Channels switched off or scaled: 1 of fc → none."
    )


OTHER = {
    "crop": st.just(0.5), "mean": st.just((0.1, 0.2, 0.3)), "std": st.just((0.9, 0.8, 0.7)),
    "labels": st.lists(st.text(max_size=50), max_size=4).map(tuple),
    "scaling": st.sampled_from(["bicubic", "corners"]), "padding": st.sampled_from(["corner", "mean"]),
    "least": st.just(0.5), "overlap": st.just(0.6), "shorter": st.just(800), "longer": st.just(1333),
}  # fmt: skip


@settings(deadline=None)
@given(st.data())
def test_every_field_of_a_recipe_is_told(data: st.DataObject) -> None:
    assert OTHER.keys() == {field.name for field in fields(Recipe)}
    names = data.draw(st.lists(st.sampled_from(sorted(OTHER)), unique=True))
    new = of_recipe(**{name: data.draw(OTHER[name]) for name in names})
    diff = compare_projects(PROJECT, new)
    assert {each.name for each in diff.besides} == {*names}
    assert [(each.old, each.new) for each in diff.besides] == [
        (getattr(PROJECT.recipe, each.name), getattr(new.recipe, each.name)) for each in diff.besides
    ]
    told = in_sentences(diff.besides)
    assert all(("Names of classes" if name == "labels" else f"{name} ") in told for name in names)


def test_such_projects_are_not_called_equal() -> None:
    *_, diff = compared(PROJECT, of_recipe(crop=0.0))
    assert isinstance(diff, Diff)
    assert not diff.equal
    assert equality(diff, "A", "B").startswith("A and B differ, but not in their layers, which are equal: 5 layers, ")


def test_the_command_line_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(tmp_path / name) for name in ("a.cnnx", "b.cnnx")]
    other = replace(of_recipe(crop=0.0, labels=("cat", "dog", "ox")), ablations=())
    for path, project in zip(paths, (PROJECT, other.with_factors("fc", {1: 0.5})), strict=True):
        project_file.write(Path(path), project)
    besides = (
        "Pictures are prepared otherwise: crop 0.875 → none: stretched. Names of classes: 3 in both, 1 differs: 2 "
        "“cow” → “ox”. Channels switched off or scaled: none → 1 of fc.\n"
    )
    assert main(["compare", *paths]) == 0
    first, second = capsys.readouterr().out.splitlines(keepends=True)
    assert "differ, but not in their layers" in first
    assert second == besides
    assert main(["compare", *paths, "--all"]) == 0
    assert capsys.readouterr().out.endswith(besides)
    assert main(["compare", *paths, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["besides"] == {
        "crop": [0.875, 0.0], "labels": [["cat", "dog", "cow"], ["cat", "dog", "ox"]],
        "channels": [{}, {"fc": {"1": 0.5}}],
    }  # fmt: skip
    assert main(["compare", paths[0], paths[0], "--json"]) == 0
    assert "besides" not in json.loads(capsys.readouterr().out)
