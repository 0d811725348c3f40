"""ONNX's operators that hold graphs: If, whose branch is chosen, and Loop, which is written out round after round.

Both only where the choice is known before a picture is there, as it is where exporters ask for shapes.
Source: https://onnx.ai/onnx/operators, the pages of If and Loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from explorer.engine.onnx.operators import OperatorError
from explorer.engine.onnx.values import Known, View, known
from explorer.formats.onnx.graph import Graph, Op
from explorer.formats.onnx.names import names

if TYPE_CHECKING:
    from explorer.engine.onnx.reading import Reading

Value = Known | View | None

MOST_ROUNDS = 1_000
"""Of one loop; each operator of a round may become a layer."""


def chosen(reading: Reading, op: Op) -> list[Value]:
    """What an If gives: the results of the branch that is taken. Raises OperatorError, GraphError."""
    taken = _known(reading.values[op.inputs[0]], "takes one of two ways by what the picture shows")
    return _inside(reading, op.settings["then_branch" if taken else "else_branch"], [])


def unrolled(reading: Reading, op: Op) -> list[Value]:
    """What a Loop gives: values that it carried, then those of all rounds, one behind the other.

    Raises OperatorError, GraphError.
    """
    body: Graph = op.settings["body"]
    rounds, goes_on, *carried = [reading.values[name] if name else None for name in op.inputs[: len(body.inputs)]]
    most = MOST_ROUNDS + 1 if rounds is None else _known(rounds, "goes round as often as the picture says")
    by_picture = "goes on as long as the picture says"
    gathered: list[list[Value]] = [[] for _ in body.outputs[1 + len(carried) :]]
    count = 0
    while count < most and (goes_on is None or _known(goes_on, by_picture)):
        if count == MOST_ROUNDS:
            raise OperatorError(f"goes round more than {MOST_ROUNDS:,} times")
        found = _inside(reading, body, [Known(torch.tensor(count)), goes_on or Known(torch.tensor(True)), *carried])
        goes_on, carried = found[0], found[1 : 1 + len(carried)]
        for values, value in zip(gathered, found[1 + len(carried) :], strict=True):
            values.append(value)
        reading.count()
        count += 1
    return [*carried, *(_stacked(reading, values) for values in gathered)]


def _inside(reading: Reading, graph: Graph, inputs: Sequence[Value]) -> list[Value]:
    """The results of a graph inside an operator."""
    for name, given in zip(graph.inputs, inputs, strict=True):
        reading.bind(name, given)
    for name, value in graph.numbers.items():
        reading.values[name] = known(value, name in graph.trained)
    for op, id in zip(graph.ops, names(graph), strict=True):
        reading.read(op, id)
    return [reading.values[name] for name in graph.outputs]


def _stacked(reading: Reading, values: Sequence[Value]) -> Value:
    """Values of all rounds along a new first axis."""
    if not values:
        raise OperatorError("gathers the results of no round")
    rows = []
    for value in values:
        (row,) = reading.computed_as("Unsqueeze", {"axes": [0]}, [value])
        rows.append(row)
    (whole,) = reading.computed_as("Concat", {"axis": 0}, rows)
    return whole


def _known(value: Value, otherwise: str) -> int:
    """A number that is known already, or OperatorError."""
    if not isinstance(value, Known) or value.tensor.numel() != 1:
        raise OperatorError(otherwise)
    return int(value.tensor)
