"""Random sound networks over all layer kinds: torch runs them, with exactly the shapes that are declared."""

from __future__ import annotations

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.classics.draft import begun
from explorer.engine.program import Program
from explorer.layers.dense import Input
from explorer.network.analysis import analyse, faulty
from explorer.network.layer import ShapeError
from explorer.network.network import Network
from tests.test_layers import layers

LARGEST = 20_000
"""Numbers in an output: the rest is left out, for it only takes time."""


@st.composite
def networks(draw) -> Network:
    """Layers of random kinds behind random ones before them, as far as their shapes fit."""
    draft = begun(draw(st.integers(1, 6)), draw(st.integers(4, 16)), draw(st.integers(4, 16)))
    shapes = {"input": analyse(draft.network)["input"].shape}
    for number in range(draw(st.integers(3, 14))):
        layer = draw(layers)
        if isinstance(layer, Input):
            continue
        ids = sorted(shapes)
        count = draw(st.integers(2, 3)) if layer.inputs < 0 else 1
        first = draw(st.sampled_from(ids))
        alike = [id for id in ids if shapes[id][1:] == shapes[first][1:]]  # joins want equal sizes
        inputs = [first, *(draw(st.sampled_from(alike)) for _ in range(count - 1))]
        try:
            y = layer.output(*(shapes[id] for id in inputs))
        except ShapeError:
            continue
        if 0 < torch.Size(y).numel() <= LARGEST:
            shapes[draft.add(f"{layer.kind.lower()}{number}", layer, *inputs)] = y
    return draft.network


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_torch_runs_it_with_the_declared_shapes(network: Network) -> None:
    facts = analyse(network)
    assert not faulty(facts)
    everything = tuple(network.nodes)
    values = Program(network, {}).values(torch.rand(1, *facts["input"].shape), everything)
    assert {id: tuple(value.shape[1:]) for id, value in values.items()} == {id: facts[id].shape for id in everything}
