"""Operators that compute with bytes, written out as what they mean: floats, the operator people know, bytes again.

A byte q means step·(q − zero). So QLinearConv becomes DequantizeLinear, Conv, QuantizeLinear, and its network looks
like one whose exporter wrote those. Sums of bytes are sums of floats: exact up to 2²⁴, rounded to 6e-8 of it beyond.
Source: Jacob et al. 2017, arXiv:1712.05877, sections 2.1 and 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.formats.onnx.graph import Graph, GraphError, Op


@dataclass(frozen=True)
class Rounded:
    """An operator on bytes: the one on floats, and along which axes its inputs may have a step for each place.

    Its inputs come as value, step, zero; then the result's step and zero; then a bias.
    """

    kind: str
    axes: tuple[int, ...] = (1,)


ROUNDED = {
    "QLinearConv": Rounded("Conv", (1, 0)),
    "QLinearMatMul": Rounded("MatMul", (-2, -1)),
    "QLinearAdd": Rounded("Add", (1, 1)),
    "QLinearMul": Rounded("Mul", (1, 1)),
    "QLinearSigmoid": Rounded("Sigmoid"),
    "QLinearLeakyRelu": Rounded("LeakyRelu"),
    "QLinearSoftmax": Rounded("Softmax"),
    "QLinearAveragePool": Rounded("AveragePool"),
    "QLinearGlobalAveragePool": Rounded("GlobalAveragePool"),
}
SUMS = {"ConvInteger": Rounded("Conv", (1, 0)), "MatMulInteger": Rounded("MatMul", (-2, -1))}
"""Operators that give whole numbers: value, weight, then the zero of each."""

FOREIGN = frozenset((
    "QLinearAdd", "QLinearMul", "QLinearSigmoid", "QLinearLeakyRelu", "QLinearSoftmax", "QLinearAveragePool",
    "QLinearGlobalAveragePool", "QLinearConcat", "QLinearWhere", "QGemm", "QuantizeLinear", "DequantizeLinear",
))  # fmt: skip
"""What onnxruntime's quantisation writes besides ONNX's own operators, in the domain com.microsoft."""

PICKING = frozenset((
    "MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Gather", "DepthToSpace",
    "SpaceToDepth",
))  # fmt: skip
"""Operators whose results are among their first input's numbers: it is the same whether those are bytes or floats."""


def written_out(graph: Graph) -> Graph:
    """The same graph without operators on bytes but for those that round and back. Raises GraphError."""
    return _Writing(graph).graph


def settled(graph: Graph) -> Graph:
    """The same graph without rounding that changes nothing: what was rounded so already, and moved about at most."""
    one = {name for name, value in graph.numbers.items() if value.size == 1}
    rounded: dict[str, Op] = {}  # by value: how it was rounded
    ops = []
    for op in graph.ops:
        before = rounded.get(op.inputs[0]) if op.inputs else None
        if op.kind == "FakeQuantize" and op.inputs[1] in one:
            if before and (before.inputs[1:], before.settings["range"]) == (op.inputs[1:], op.settings["range"]):
                op = op.rewired("Identity", op.inputs[:1])
            rounded[op.outputs[0]] = before if before and op.kind == "Identity" else op
        elif op.kind in PICKING and before:
            rounded[op.outputs[0]] = before
        ops.append(op)
    return replace(graph, ops=tuple(ops))


class _Writing:
    """Goes through a graph and writes each operator on bytes out."""

    def __init__(self, graph: Graph) -> None:
        self.before = graph
        self.numbers = dict(graph.numbers)
        self.makers = {name: op for op in graph.ops for name in op.outputs if name}
        self.taken = {*graph.numbers, *graph.inputs, *self.makers}
        self.as_floats: dict[tuple[Any, ...], str] = {}
        self.constants: dict[float, str] = {}
        self.ops: list[Op] = []
        self.roundings: dict[str, Op] = {}
        for op in graph.ops:
            self.write(op)

    @property
    def graph(self) -> Graph:
        """The graph so far."""
        return replace(self.before, ops=tuple(self.ops), numbers=self.numbers)

    def write(self, op: Op) -> None:
        """Take in one operator."""
        if op.kind in ROUNDED:
            self.rounded(op, ROUNDED[op.kind])
        elif op.kind == "QLinearConcat":
            values = [self.floats(op.inputs[at : at + 3]) for at in range(2, len(op.inputs), 3)]
            self.rounds(op, "Concat", values, op.inputs[:2])
        elif op.kind == "QLinearWhere":
            values = [op.inputs[0], self.floats(op.inputs[1:4]), self.floats(op.inputs[4:7])]
            self.rounds(op, "Where", values, op.inputs[7:9])
        elif op.kind == "QGemm":
            self.gemm(op)
        elif op.kind in SUMS:
            self.summed(op, SUMS[op.kind])
        elif op.kind == "DequantizeLinear":
            key = (*op.inputs, "", "")[:3], self.along(op.inputs[1], op.settings.get("axis", 1))
            if key in self.as_floats:
                self.add(op.rewired("Identity", (self.as_floats[key],)))
            else:
                self.as_floats[key] = op.outputs[0]
                self.add(op)
        elif op.kind in PICKING and (rounding := self.roundings.get(op.inputs[0])):
            value = self.floats((op.inputs[0], *rounding.inputs[1:]))
            picked = self.result(op, op.kind, [value, *op.inputs[1:]], **op.settings)
            self.add(replace(rounding, inputs=(picked, *rounding.inputs[1:]), outputs=op.outputs))
        elif not (op.kind == "Mul" and self.dynamic(op)):
            self.add(op)

    def rounded(self, op: Op, means: Rounded) -> None:
        """Written as values, steps and zeros."""
        if op.settings.get("channels_last"):
            raise GraphError(f"has the operator {op.kind} for channels that come last, which is not read")
        count = 3 * len(means.axes)
        values = [self.floats(op.inputs[3 * i : 3 * i + 3], axis) for i, axis in enumerate(means.axes)]
        if len(op.inputs) > count + 2 and op.inputs[count + 2]:
            values.append(self.bias(op.inputs[count + 2], op.inputs[1], op.inputs[4]))
        more = {"version": op.settings["opset"]} if "opset" in op.settings else {}
        self.rounds(op, means.kind, values, op.inputs[count : count + 2], **more)

    def gemm(self, op: Op) -> None:
        """Whose bias stands before the result's step, without which it gives floats."""
        inputs = (*op.inputs, *[""] * 9)[:9]
        axis = 0 if op.settings.get("transB") else 1
        values = [self.floats(inputs[:3]), self.floats(inputs[3:6], axis)]
        if inputs[6]:
            factor = float(op.settings.get("alpha", 1.0))
            values.append(self.bias(inputs[6], inputs[1], inputs[4], factor=factor))
        if inputs[7]:
            self.rounds(op, "Gemm", values, inputs[7:9])
        else:
            self.add(op.rewired("Gemm", tuple(values), **op.settings))

    def summed(self, op: Op, means: Rounded) -> None:
        """Bytes with steps of 1."""
        inputs = (*op.inputs, "", "")[:4]
        one = self.number(1.0)
        values = [self.floats((inputs[i], one, inputs[i + 2]), axis) for i, axis in enumerate(means.axes)]
        self.add(op.rewired(means.kind, tuple(values), **op.settings))

    def dynamic(self, op: Op) -> bool:
        """The end of a sum of bytes whose step was taken from the picture: it becomes one of floats rounded so.

        That is Mul(Cast(ConvInteger(q, weight, zero, …)), Mul(step, the weight's step)), where q, step and zero are
        what DynamicQuantizeLinear gives.
        """
        for total, step in (op.inputs, op.inputs[::-1]):
            cast = self.makers.get(total)
            whole = (
                self.makers.get(cast.inputs[0]) if cast and cast.kind == "Cast" and cast.settings["to"] == 1 else None
            )
            steps = self.makers.get(step)
            if whole is None or whole.kind not in SUMS or steps is None or steps.kind != "Mul":
                continue
            before, means = self.makers.get(whole.inputs[0]), SUMS[whole.kind]
            if before is None or before.kind != "DynamicQuantizeLinear" or whole.inputs[2:3] != before.outputs[2:]:
                continue
            own = [name for name in steps.inputs if name != before.outputs[1]]
            known = self.numbers.get(own[0]) if len(own) == 1 else None
            if known is None or (known.size > 1 and (means.kind == "Conv" or known.ndim > 1)):
                continue
            key = ("dynamic", before.inputs)
            if key not in self.as_floats:
                self.as_floats[key] = self.result(before, "DynamicFakeQuantize", before.inputs)
            weight = self.floats((whole.inputs[1], own[0], (*whole.inputs, "")[3]), means.axes[1])
            made = replace(whole, outputs=op.outputs)
            self.add(made.rewired(means.kind, (self.as_floats[key], weight), **whole.settings))
            return True
        return False

    def floats(self, rounded: tuple[str, ...], axis: int = 1) -> str:
        """The floats that bytes mean, once for all who ask; `rounded` is their value, step and zero."""
        key = (*rounded, "")[:3], self.along(rounded[1], axis)
        if key not in self.as_floats:
            self.as_floats[key] = self.aside("DequantizeLinear", rounded, rounded[0], axis=axis)
        return self.as_floats[key]

    def bias(self, value: str, *steps: str, factor: float = 1.0) -> str:
        """A bias in whole numbers, whose step is the product of the value's and the weight's."""
        step = self.aside("Mul", steps, value)
        if factor != 1:
            step = self.aside("Mul", (step, self.number(factor)), value)
        return self.aside("DequantizeLinear", (value, step), value, axis=0)

    def rounds(self, op: Op, kind: str, values: list[str], to: tuple[str, ...], **more: Any) -> None:
        """An operator on floats, whose result is rounded: `to` is its step and zero."""
        step, zero = (*to, "")[:2]
        result = self.result(op, kind, values, **{**op.settings, **more})
        settings = {"range": self.before.ranges.get(zero, (0, 255)), "axis": 1}
        self.add(op.rewired("QuantizeLinear", (result, step, zero), **settings))

    def add(self, op: Op) -> None:
        """One more operator."""
        if op.kind == "QuantizeLinear" and self.along(op.inputs[1], 1) is None:
            self.roundings[op.outputs[0]] = op
        self.ops.append(op)

    def result(self, op: Op, kind: str, inputs: Any, **settings: Any) -> str:
        """Add an operator that comes from another one; the name of its result."""
        name = self.free(op.outputs[0])
        self.add(replace(op, outputs=(name,)).rewired(kind, tuple(inputs), **settings))
        return name

    def aside(self, kind: str, inputs: tuple[str, ...], stem: str, **settings: Any) -> str:
        """Add an operator that no module of the network stands for; the name of its result."""
        return self.result(Op(kind, "", (), (stem,), {}), kind, inputs, **settings)

    def along(self, step: str, axis: int) -> int | None:
        """The axis of a step for each place, None where it is one for all."""
        known = self.numbers.get(step)
        return None if known is not None and known.size == 1 else axis

    def number(self, value: float) -> str:
        """The name of a constant."""
        if value not in self.constants:
            name = self.constants[value] = self.free(str(value))
            self.numbers[name] = np.array(value, np.float32)
        return self.constants[value]

    def free(self, stem: str) -> str:
        """An unused name."""
        name, number = f"{stem} 1", 1
        while name in self.taken:
            number += 1
            name = f"{stem} {number}"
        self.taken.add(name)
        return name
