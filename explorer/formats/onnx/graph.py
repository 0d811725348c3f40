"""An ONNX graph as plain values: operators in their order, and the numbers they come with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper

from explorer.maths.sentences import Refusal

Array = NDArray[Any]


GRAPH = AttributeProto.GRAPH

WHOLE = {kind for name, kind in TensorProto.DataType.items() if re.fullmatch(r"U?INT\d+", name)}
"""Types of whole numbers."""

KEPT = frozenset(np.dtype(name) for name in ("bool", "int8", "uint8", "float32", "int64"))
"""Types that a graph's numbers have."""


class GraphError(Refusal):
    """An ONNX graph cannot be read as a network; the message goes behind the file's name."""


@dataclass(frozen=True)
class Op:
    """One operator. Inputs and outputs are names of values, "" where an optional one is left out.

    Where a setting is a graph, what that takes from outside stands behind the operator's own inputs.
    scopes: the modules it came from, outermost first, where the exporter says so.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: Mapping[str, Any]
    scopes: tuple[str, ...] = ()

    def rewired(self, kind: str, inputs: tuple[str, ...], **settings: Any) -> Op:
        """Another operator in its place."""
        return replace(self, kind=kind, inputs=inputs, settings=settings)


@dataclass(frozen=True)
class Graph:
    """Operators in the order in which they run; inputs with their sizes, a word or 0 where any fits.

    numbers: the constants by name, floats of any size as float32, whole numbers as int64 but for bytes.
    trained: which of them are tables of the file's own, and so most likely learned. ranges: the smallest and largest
    number that those of whole numbers could be. counted: the inputs that are whole numbers, or yes and no.
    """

    ops: tuple[Op, ...]
    numbers: Mapping[str, Array]
    trained: frozenset[str]
    inputs: Mapping[str, tuple[int, ...]]
    outputs: tuple[str, ...]
    version: int
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()


def users(graph: Graph) -> Counter[str]:
    """How often each name is looked at, also inside of operators."""
    found = Counter([*graph.outputs, *(name for op in graph.ops for name in op.inputs)])
    for op in graph.ops:
        for inner in op.settings.values():
            if isinstance(inner, Graph):
                found += users(inner)
    return found


def graph(model: ModelProto, tables: Mapping[str, Array]) -> Graph:
    """The graph of a checked model, without what leads to no output; `tables` are known inputs. Raises GraphError."""
    version = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    known = {value.name: value.type.tensor_type.elem_type for value in model.graph.input if value.name in tables}
    found = _graph(model.graph, version, known, {name: _plain(values) for name, values in tables.items()})
    used = {*found.outputs, *(name for op in found.ops for name in op.inputs)}
    kinds = {value.name: value.type.tensor_type.elem_type for value in model.graph.input}
    counted = frozenset(name for name, kind in kinds.items() if kind in WHOLE or kind == TensorProto.BOOL)
    return replace(found, inputs=_inputs(model.graph, found.numbers, used), counted=counted)


def _graph(
    proto: GraphProto, version: int, outer: Mapping[str, int], tables: Mapping[str, Array] = MappingProxyType({})
) -> Graph:
    """A graph, its inputs without sizes; `outer`: types of tensors that it sees from outside, or has as `tables`."""
    numbers = {**tables, **{tensor.name: array(tensor) for tensor in proto.initializer}}
    types = {**outer, **{tensor.name: tensor.data_type for tensor in proto.initializer}}
    trained = frozenset(name for name, value in numbers.items() if value.dtype == np.float32 and value.size > 1)
    ops = []
    for node in proto.node:
        op = _op(node, version, types)
        if op.kind == "Constant":
            numbers[op.outputs[0]] = _constant(op)
            types[op.outputs[0]] = node.attribute[0].t.data_type
        else:
            ops.append(op)
    outputs = tuple(value.name for value in proto.output)
    used = set(outputs)
    needed = []
    for op in reversed(ops):
        if used & set(op.outputs):
            used |= set(op.inputs)
            needed.append(op)
    ranges = {name: _range(kind) for name, kind in types.items() if kind in WHOLE}
    inputs: dict[str, tuple[int, ...]] = {value.name: () for value in proto.input if value.name not in numbers}
    return Graph(tuple(needed[::-1]), numbers, trained, inputs, outputs, version, ranges)


def array(tensor: TensorProto) -> Array:
    """A tensor's numbers. Raises GraphError."""
    try:
        values = numpy_helper.to_array(tensor)
    except Exception as error:  # the checker lets lengths pass that do not fit
        raise GraphError(f"has a tensor, {tensor.name[:40]}, without as many numbers as it says") from error
    if values.dtype.kind in "OSUc":
        raise GraphError(f"has a tensor, {tensor.name[:40]}, that holds no numbers")
    return _plain(values)


def _plain(values: Array) -> Array:
    """In one of the types that a graph's numbers have."""
    if values.dtype in KEPT:
        return values
    return values.astype(np.int64 if values.dtype.name.startswith(("int", "uint")) else np.float32)


def _op(node: NodeProto, version: int, types: Mapping[str, int]) -> Op:
    settings: dict[str, Any] = {
        a.name: _graph(a.g, version, types) if a.type == GRAPH else _setting(a) for a in node.attribute
    }
    if node.op_type == "QuantizeLinear":  # its range is known by the type of its zero point alone
        zero = node.input[2] if len(node.input) > 2 else ""
        settings["range"] = _range(types.get(zero) or int(settings.get("output_dtype", 0)) or TensorProto.UINT8)
    inner = [graph for graph in settings.values() if isinstance(graph, Graph)]
    seen = dict.fromkeys(name for graph in inner for name in _from_outside(graph))
    return Op(
        node.op_type, node.name, (*node.input, *seen), tuple(node.output), settings,
        next((_scopes(p.value) for p in node.metadata_props if p.key == "pkg.torch.onnx.name_scopes"), ()),
    )  # fmt: skip


def _from_outside(graph: Graph) -> list[str]:
    """Values that a graph inside an operator takes from around it."""
    own = {*graph.numbers, *graph.inputs, *(name for op in graph.ops for name in op.outputs)}
    return [name for op in graph.ops for name in op.inputs if name and name not in own] + [
        name for name in graph.outputs if name not in own
    ]


def _setting(attribute: AttributeProto) -> Any:
    """An attribute's value: a number, a word, numbers, words, or an array."""
    if read := SETTINGS.get(attribute.type):
        return read(attribute)
    raise GraphError(f"has an operator whose setting {attribute.name[:40]} is of a kind that is not read")


SETTINGS: Mapping[int, Callable[[AttributeProto], Any]] = {
    AttributeProto.FLOAT: lambda attribute: attribute.f,
    AttributeProto.INT: lambda attribute: attribute.i,
    AttributeProto.STRING: lambda attribute: attribute.s.decode(errors="replace"),
    AttributeProto.TENSOR: lambda attribute: array(attribute.t),
    AttributeProto.FLOATS: lambda attribute: list(attribute.floats),
    AttributeProto.INTS: lambda attribute: list(attribute.ints),
    AttributeProto.STRINGS: lambda attribute: [text.decode(errors="replace") for text in attribute.strings],
}
"""How an attribute's value is read, by its type; asked thousands of times, where the message's own names are slow."""


def _constant(op: Op) -> Array:
    if len(op.settings) != 1:
        raise GraphError("has a constant without a value")
    ((name, value),) = op.settings.items()
    if name not in ("value", "value_float", "value_floats", "value_int", "value_ints"):
        raise GraphError(f"has a constant given as {name[:40]}, which is not read")
    return value if name == "value" else np.array(value, np.float32 if "float" in name else np.int64)


def _range(kind: int) -> tuple[int, int]:
    name = TensorProto.DataType.Name(kind)
    bits = re.fullmatch(r"(U?)INT(\d+)", name)
    if not bits:
        raise GraphError(f"rounds to {name.lower()}, which is not read")
    size = int(bits[2])
    return (0, 2**size - 1) if bits[1] else (-(2 ** (size - 1)), 2 ** (size - 1) - 1)


def _scopes(text: str) -> tuple[str, ...]:
    """Names of a list as Python prints it: "['', 'layer1', 'layer1.0']"; the last is the operation's."""
    return tuple(name for name in re.findall(r"'([^']*)'", text[:1000])[:-1] if name)


def _inputs(proto: GraphProto, numbers: Mapping[str, Array], used: set[str]) -> dict[str, tuple[int, ...]]:
    found = {}
    for value in proto.input:
        if value.name in numbers or value.name not in used:
            continue
        kind = value.type.tensor_type
        if not value.type.HasField("tensor_type") or not kind.HasField("shape"):
            raise GraphError(f"has an input, {value.name[:40]}, that does not say how many axes it has")
        found[value.name] = tuple(d.dim_value if d.HasField("dim_value") else 0 for d in kind.shape.dim)
    return found
