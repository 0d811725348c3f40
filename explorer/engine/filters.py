"""The filters of a layer as pictures of what they look for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.engine.probes import program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.weight_questions import Filters
from explorer.layers.activations import Dropout, Pointwise
from explorer.layers.dense import Input, Linear
from explorer.layers.resizing import ConvTranspose2d
from explorer.layers.shapes import Flatten, Identity
from explorer.layers.windows import Conv2d
from explorer.maths.filter_order import by_norm, by_similarity, norms
from explorer.maths.records import Progress
from explorer.maths.weight_records import LayerFilters
from explorer.maths.weight_statistics import dead, equal
from explorer.network.layer import Shape

KINDS = (Conv2d, ConvTranspose2d, Linear)
"""Layers that have filters."""
MOST = 1 << 24
"""Numbers that are sent: of more, the first filters in the order asked for."""


def filters(question: Filters) -> Iterator[Progress | LayerFilters]:
    """The filters of one node. Raises ProgramError where it has none."""
    node = question.project.network.nodes.get(question.node)
    if node is None or not isinstance(node.layer, KINDS):
        raise ProgramError(f"{question.node[:60]} has no filters: select a convolution or a fully connected layer.")
    program = yield from program_of(question.project, question.device)
    if problem := program.facts[node.id].problem:
        raise ProgramError(f"{node.id[:60]} has no filters yet. It {problem}.")
    whole = shaped(program, node.id)
    count = max(1, MOST // max(1, whole[0].size))
    numbers = by_norm(whole)[:count] if question.order == "norm" else np.arange(len(whole))[:count]
    values = whole[numbers]
    if question.order == "similarity":
        order = by_similarity(values)
        numbers, values = numbers[order], values[order]
    silent = dead(values)
    yield LayerFilters(
        node.id,
        np.ascontiguousarray(values, np.float32),
        numbers,
        norms(values),
        len(whole),
        values.shape[1] == 3 and isinstance(program.network.nodes[node.inputs[0]].layer, Input),
        tuple(int(numbers[one]) for one in silent),
        tuple(tuple(sorted(int(numbers[one]) for one in group)) for group in equal(values, frozenset(silent))),
        not program.trained(node.id),
    )


def shaped(program: Program, id: str) -> NDArray[np.float32]:
    """A node's weights as filters (C′, C, h, w), each over the C input channels that it sees."""
    layer = program.network.nodes[id].layer
    weight: NDArray[np.float32] = program.tensors(id)["weight"].float().cpu().numpy()
    if isinstance(layer, ConvTranspose2d):
        into, each, *kernel = weight.shape
        grouped = weight.reshape(layer.groups, into // layer.groups, each, *kernel).swapaxes(1, 2)
        return grouped.reshape(layer.groups * each, into // layer.groups, *kernel)
    if isinstance(layer, Linear):
        return weight.reshape(len(weight), *_flattened(program, id, weight.shape[1]))
    return weight


def _flattened(program: Program, id: str, length: int) -> Shape:
    """The maps that a vector was laid out from, through layers that keep every number in its place."""
    nodes = program.network.nodes
    before = nodes[nodes[id].inputs[0]]
    while isinstance(before.layer, Dropout | Identity | Pointwise) and len(program.facts[before.id].shape or ()) == 1:
        before = nodes[before.inputs[0]]
    shape = program.facts[before.inputs[0]].shape if isinstance(before.layer, Flatten) else None
    return shape if shape is not None and len(shape) == 3 else (length, 1, 1)
