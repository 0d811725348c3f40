"""One network, counted and written in every way people do."""

from __future__ import annotations

import json

import pytest

from explorer.classics.catalogue import CLASSICS
from explorer.cli.commands import main
from explorer.network.analysis import analyse, totals
from explorer.network.conventions import CHOICES, KERAS, TORCH, Conventions
from explorer.network.formulas import formulas
from explorer.network.network import Network
from explorer.network.settings import Letters

RESNET = CLASSICS["resnet50"].network


def told(capsys, *words: str) -> dict:
    assert main(["facts", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("convention", "parameters", "macs", "field"),
    [("torch", 25_557_032, 4_089_184_256, 427), ("keras", 25_636_712, 3_857_973_248, 483)],
)
def test_resnet_50_reads_as_its_framework_has_it(capsys, convention, parameters, macs, field) -> None:
    record = told(capsys, "resnet50", "--convention", convention)
    assert record["totals"]["parameters"] == parameters
    assert record["totals"]["macs"] == macs
    (last,) = (layer for layer in record["layers"] if layer["id"] == "layer4.2.relu_2")
    assert last["receptive_field"] == [field, field]
    assert last["shape"] == ([2048, 7, 7] if convention == "torch" else [7, 7, 2048])
    assert sum(layer["parameters"] for layer in record["layers"]) == parameters


def test_keras_s_mobilenet_has_torch_s_and_what_it_remembers(capsys) -> None:
    """3,538,984 is what Keras prints for its MobileNetV2."""
    assert told(capsys, "mobilenet_v2", "--convention", "keras")["totals"]["parameters"] == 3_538_984
    assert told(capsys, "vgg16", "--convention", "keras")["totals"]["parameters"] == 138_357_544


def test_flops_are_two_a_mac(capsys) -> None:
    plain, doubled = told(capsys, "resnet18"), told(capsys, "resnet18", "--flops")
    assert doubled["totals"]["flops"] == 2 * plain["totals"]["macs"]
    assert doubled["totals"]["macs"] == plain["totals"]["macs"]
    assert main(["facts", "resnet18", "--flops"]) == 0
    out = capsys.readouterr().out
    assert "FLOPs" in out
    assert f"{2 * plain['totals']['macs']:,}" in out


def test_compare_counts_as_facts_do(capsys) -> None:
    names, ways = ("resnet50", "resnet34"), ("--convention", "keras", "--flops")
    assert main(["compare", *names, *ways, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    each = [told(capsys, name, *ways) for name in names]
    assert found["totals"] == {
        key: [record["totals"][key] for record in each] for key in ("parameters", "macs", "flops")
    }
    assert found["totals"]["parameters"][0] == 25_636_712
    for side, (name, record) in enumerate(zip(("old", "new"), each, strict=True)):
        layers = {layer["id"]: layer for layer in record["layers"]}
        ours = [layer for layer in found["layers"] if layer[name] is not None]
        assert len(ours) == len(layers)
        for layer in ours:
            theirs = layers[layer[name]]
            keys = ("shape", "parameters", "macs", "flops", "receptive_field")
            assert [layer[key][side] for key in keys] == [theirs[key] for key in keys]
    assert main(["compare", *names, *ways]) == 0
    head, *_, last = capsys.readouterr().out.splitlines()
    assert "FLOPs" in head
    assert "MACs" not in head
    flops = found["totals"]["flops"]
    assert f"{flops[0]:,} → {flops[1]:,} (" in last
    assert main(["compare", "resnet50", "resnet50", *ways]) == 0
    assert "25,636,712 parameters, 7,715,946,496 FLOPs." in capsys.readouterr().out


def test_wrong_convention_is_wrong_usage(capsys) -> None:
    assert main(["facts", "resnet18", "--convention", "caffe"]) == 2


@pytest.mark.parametrize("letters", CHOICES["letters"])
def test_formulas_follow(letters: Letters) -> None:
    """What the node says in a convention is what its formula comes to."""
    facts = analyse(RESNET)
    for counting in CHOICES["counting"]:
        for work in CHOICES["work"]:
            for order in CHOICES["order"]:
                conventions = Conventions(counting, work, order, letters)
                for id in ("conv1", "bn1", "maxpool", "layer1.0.add", "fc"):
                    rows = {row.name: row.value for row in formulas(RESNET, id, facts, conventions)}
                    assert rows.get("parameters", 0) == conventions.parameters(facts[id])
                    assert rows.get(f"{work}s", 0) == conventions.cost(facts[id])
    named = [row.name for row in formulas(RESNET, "conv1", facts, KERAS)]
    assert named == ["height", "width", "channels", "parameters", "MACs"]
    (norm,) = (row for row in formulas(RESNET, "bn1", facts, KERAS) if row.name == "parameters")
    assert norm.numbers == "2·64 + 2·64"
    (flops,) = (row for row in formulas(RESNET, "fc", facts, Conventions(work="FLOP")) if row.name == "FLOPs")
    assert flops.numbers == "2·2,048·1,000"


def test_shapes() -> None:
    assert TORCH.shape((64, 112, 56)) == "64×112×56"
    assert KERAS.shape((64, 112, 56)) == "112×56×64"
    assert KERAS.shape((1000,)) == TORCH.shape((1000,)) == "1,000"
    assert totals(analyse(Network())).buffers == 0
