"""Every known network is told by its weights' names and shapes, and what is written down of these is true."""

from __future__ import annotations

import pytest
from torchvision.models import get_model

from explorer.classics.catalogue import CLASSICS
from explorer.classics.others import ARCHITECTURES
from explorer.classics.signatures import signature, signatures, twins
from explorer.engine.library import NAMES
from explorer.engine.trained import BUILT_WITH
from explorer.engine.weights import Weightless
from explorer.formats.checkpoint.recognition import head, prefixes, recognised, trunk
from tests.families import families

TWINS = {name: twin for twin in signatures() for name in twins(twin)}
"""Networks that weights cannot tell from another one."""
ONE_HEAD = [name for name in ARCHITECTURES if len(head(signatures()[name])) == 1]


def test_all_are_written_down() -> None:
    assert signatures().keys() | TWINS.keys() == set(NAMES)
    assert not signatures().keys() & TWINS.keys()
    wanted = {
        **{f"resnet{depth}_v1": f"resnet{depth}" for depth in (50, 101, 152)},  # other strides
        "sliding16": "sliding14", "sliding28": "sliding14",  # other pictures
    }  # fmt: skip
    assert wanted == TWINS


@pytest.mark.parametrize("name", families(ARCHITECTURES))
def test_torchvision_s_own_state_dict_is_recognised(name: str) -> None:
    """With shapes only; run `python -m tools.signatures` where this fails after an update."""
    with Weightless():
        module = get_model(name, weights=None, **BUILT_WITH.get(name, {}))
    state = {n: tuple(t.shape) for n, t in module.state_dict().items() if t.is_floating_point()}
    match = recognised(state)
    assert match is not None
    name = "googlenet_sides" if name == "googlenet" else name  # the gallery has it with its side branches, and without
    assert (match.network, match.how) == (name, "exact")
    assert all(called == full for called, full in match.called.items())
    assert match.names.keys() == signatures()[name].keys()
    assert set(match.names.values()) >= {n for n, _ in module.named_parameters()}
    assert len(set(match.names.values())) == len(match.names)
    named = {n: shape for n, shape in state.items() if n in signatures()[name]}
    assert named == {n: shape for n, shape in signatures()[name].items() if n in state}


@pytest.mark.parametrize("name", CLASSICS)
def test_the_classics_are_recognised(name: str) -> None:
    whole = signature(CLASSICS[name].network)
    assert signatures()[TWINS.get(name, name)] == whole
    match = recognised(whole)
    assert match is not None
    assert (match.network, match.how) == (TWINS.get(name, name), "exact")


@pytest.mark.parametrize("name", families(ARCHITECTURES))
def test_behind_a_prefix_with_other_things_and_without_the_head(name: str) -> None:
    body = trunk(signatures()[name])
    match = recognised({"criterion.weight": (7,), **{f"model.module.{n}": shape for n, shape in body.items()}})
    assert match is not None
    assert (match.network, match.how) == (name, "head")
    assert all(full == f"model.module.{called}" for called, full in match.called.items())
    assert match.names == {n: f"model.module.{n}" for n in body}


@pytest.mark.parametrize("name", families(ONE_HEAD))
def test_with_another_head_and_another_picture(name: str) -> None:
    wanted = dict(signatures()[name])
    stem = next(iter(wanted))
    wanted[stem] = (wanted[stem][0], 4, *wanted[stem][2:])
    (end,) = head(wanted)
    for tensor in ("weight", "bias"):
        shape = wanted[f"{end}.{tensor}"]
        wanted[f"{end}.{tensor}"] = (3, *shape[1:])
    match = recognised(wanted)
    assert match is not None
    assert (match.network, match.how) == (name, "head")


@pytest.mark.parametrize("name", families(ARCHITECTURES))
def test_under_other_names_by_the_order_of_shapes(name: str) -> None:
    shapes = {f"blob{i}": shape for i, shape in enumerate(signatures()[name].values())}
    match = recognised(shapes)
    if len(trunk(signatures()[name])) < 20:
        assert match is None
    else:
        assert match is not None
        assert (match.network, match.how) == (name, "order")
        assert list(match.names.values()) == list(shapes)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("mobilenet_v2", {"width_mult": 0.75}),
        ("mobilenet_v2", {"width_mult": 1.4, "num_classes": 3}),
        ("resnet50", {"width_per_group": 32}),
        ("resnet18", {"num_classes": 5}),
        ("mnasnet1_0", {"num_classes": 5}),
    ],
)
def test_other_widths(name: str, settings: dict) -> None:
    with Weightless():
        state = get_model(name, weights=None, **settings).state_dict()
    match = recognised({n: tuple(t.shape) for n, t in state.items() if not n.endswith("num_batches_tracked")})
    assert match is not None
    assert (match.network, match.how) == (name, "head" if "width" not in str(settings) else "width")


@pytest.mark.parametrize(
    "shapes",
    [
        {},
        {"weight": (3, 3)},
        {"features.0.weight": (16, 3, 3, 3), "features.0.bias": (16,), "classifier.weight": (10, 16)},  # not VGG
        {f"features.{i}.weight": (8, 8, 3, 3) for i in range(0, 60, 3)},
        {f"conv{i}.weight": (8, 8, 3, 3) for i in range(60)},
    ],
)
def test_others_are_not_taken_for_one_of_them(shapes: dict) -> None:
    assert recognised(shapes) is None


def test_prefixes() -> None:
    names = {f"net.module.{part}.weight": () for part in ("a.0", "a.1", "b")}
    assert prefixes(names) == ["", "net.", "net.module.", "net.module.a."]
    assert prefixes({}) == [""]
