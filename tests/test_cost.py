"""What layers cost: against sums done by hand and by the facts."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import pytest

import explorer.layers  # noqa: F401
from explorer.classics.catalogue import CLASSICS
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse, totals
from explorer.network.conventions import Conventions
from explorer.network.cost import LEAST, MEASURES, Scale, costs, in_unit
from explorer.network.network import Network, Node
from explorer.network.receptive_field import ReceptiveFields, receptive_field


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "googlenet", "unet"])
def test_costs_are_the_facts_own(name: str) -> None:
    network = CLASSICS[name].network
    facts = analyse(network)
    found = {measure: costs(network, facts, measure) for measure in MEASURES}
    sums = totals(facts)
    assert sum(found["parameters"].values()) == sums.parameters
    assert sum(found["MACs"].values()) == sums.macs
    flops = Conventions(work="FLOP")
    assert sum(costs(network, facts, in_unit("MACs", flops)).values()) == flops.cost(sums)
    assert sum(found["memory"].values()) == sum(4 * prod(f.shape) for f in facts.values())
    for id in network.nodes:
        field = receptive_field(network, facts, id)
        assert found["receptive field"][id] == (max(field.size) if field else 0)


def test_vgg16_by_hand() -> None:
    network = CLASSICS["vgg16"].network
    facts = analyse(network)
    parameters = costs(network, facts, "parameters")
    assert max(parameters, key=parameters.__getitem__) == "classifier.0"
    assert parameters["classifier.0"] == (7 * 7 * 512 + 1) * 4096
    scale = Scale.of("parameters", parameters.values())
    assert scale.share(parameters["classifier.0"]) == pytest.approx(102_764_544 / 138_357_544)
    assert costs(network, facts, "MACs")["features.0"] == 224 * 224 * 64 * 27
    assert costs(network, facts, "memory")["features.0"] == 4 * 224 * 224 * 64
    assert costs(network, facts, "receptive field")["features.30"] == 212


def test_a_problem_costs_nothing() -> None:
    network = Network({"x": Node("x", Input(3, 8, 8)), "c": Node("c", Conv2d(4, 9), ("x",))})
    for measure in MEASURES:
        assert costs(network, analyse(network), measure)["c"] == 0


def test_the_scale() -> None:
    near = Scale.of("MACs", [0, 10, 20, 30])
    assert (near.low, near.high, near.total, near.logarithmic) == (10, 30, 60, False)
    assert [near.level(v) for v in (0, 10, 20, 30)] == [0, LEAST, pytest.approx((1 + LEAST) / 2), 1]
    far = replace(near, high=1000)
    assert far.logarithmic
    assert far.level(100) == pytest.approx((1 + LEAST) / 2)
    assert near.share(15) == 0.25
    assert Scale.of("receptive field", [3, 5]).share(5) == 0  # they do not add up
    assert Scale.of("MACs", [7, 7]).level(7) == 1
    assert Scale.of("MACs", [0]).level(0) == Scale.of("MACs", []).share(0) == 0


@pytest.mark.parametrize("name", list(CLASSICS))
def test_receptive_fields_at_once_are_those_one_by_one(name: str) -> None:
    network = CLASSICS[name].network
    facts = analyse(network)
    fields = ReceptiveFields(network, facts)
    some = list(network.nodes)[:: max(1, len(network.nodes) // 25)]
    assert [fields[id] for id in some] == [receptive_field(network, facts, id) for id in some]
