"""ONNX's operators that hold graphs: If, whose branch is chosen, and Loop and Scan, written out round after round.

All only where the choice is known before a picture is there, as it is where exporters ask for shapes.
Source: https://onnx.ai/onnx/operators, the pages of If, Loop and Scan.
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


def scanned(reading: Reading, op: Op) -> list[Value]:
    """What a Scan gives: values that it carried, then those of all places along an axis, one behind the other.

    Raises OperatorError, GraphError.
    """
    a, body = op.settings, op.settings["body"]
    given = [reading.values[name] for name in op.inputs[: len(body.inputs)]]
    carried, along = given[: -a["num_scan_inputs"]], given[-a["num_scan_inputs"] :]
    axes = a.get("scan_input_axes") or [0] * len(along)
    turned = a.get("scan_input_directions") or [0] * len(along)
    kept = len(body.outputs) - len(carried)
    if any(a.get("scan_output_axes") or ()) or reading.graph.version < 9:
        raise OperatorError("lays its results along another axis than the first, or is of an early version")
    (count,) = {reading.sizes(value)[axis] for value, axis in zip(along, axes, strict=True)}
    if count > MOST_ROUNDS:
        raise OperatorError(f"goes round more than {MOST_ROUNDS:,} times")
    gathered: list[list[Value]] = [[] for _ in range(kept)]
    for place in range(count):
        parts = [
            reading.computed_as("Gather", {"axis": axis}, [value, _number(count - 1 - place if back else place)])[0]
            for value, axis, back in zip(along, axes, turned, strict=True)
        ]
        found = _inside(reading, body, [*carried, *parts])
        carried = found[: len(carried)]
        for values, value in zip(gathered, found[len(carried) :], strict=True):
            values.append(value)
        reading.count()
    backwards = a.get("scan_output_directions") or [0] * kept
    rows = [values[::-1] if back else values for values, back in zip(gathered, backwards, strict=True)]
    return [*carried, *(_stacked(reading, values) for values in rows)]


def _number(value: int) -> Known:
    return Known(torch.tensor(value))


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
