"""ONNX files as strangers send them: measured and checked, so that what is read of them is bounded and sound."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, inliner

from explorer.formats.in_pieces import told
from explorer.formats.onnx import wire
from explorer.formats.onnx.external import ADVICE, Place, beside, taken_in
from explorer.formats.onnx.rounded import FOREIGN
from explorer.formats.onnx.wire import MOST_PARTS, Span, TooLong, TooManyParts, split
from explorer.formats.regular import NotReadable, only_files, size, unreadable
from explorer.formats.words import amount, refusal, shown
from explorer.maths.records import Progress

Array = NDArray[Any]

SIMPLER = "export the network without it, for running only"
UNPACKED = "export the network anew, with its tables as initializers"
DOMAINS_OF_OTHERS = {
    "com.microsoft": "open the file from before onnxruntime optimised it for one machine",
    "ai.onnx.ml": "choose a network for pictures; trees, scalers and the like, as scikit-learn's, are none",
}
"""What to do about operators of these, which are not ONNX's own."""
LARGEST = (1 << 31) - 1
"""Bytes of a file, and of the tensors beside it: what protocol buffers can hold."""

MOST_OPERATORS = 100_000
"""With every function of the file written out where it is called."""

MOST_RESULTS = 300
"""Of one operator: each is taken down by itself, with all of them."""

LARGEST_TENSOR = 1 << 31
"""Numbers."""

OLDEST = 7
"""The first operator set whose arithmetic broadcasts as numpy's; newer ones are read up to the one that onnx knows."""

PLAIN = frozenset((
    TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32,
    TensorProto.INT64, TensorProto.BOOL,
))  # fmt: skip
"""Types whose numbers lie in a table as numpy has them."""

DOMAINS = ("", "ai.onnx")

PIECE = 1 << 22
"""Bytes of a table that are read in a step."""

ALIGNED = 64
"""Bytes at whose multiples tables begin, as torch has them."""

HOLDING = ("If", "Loop", "Scan")
"""Operators that may hold graphs."""

COMPOSED = ("Attention", "CenterCropPad", "SwiGLU")
"""Operators that ONNX itself defines as others, and that are read as these."""

LONGEST = 128
"""Operators that one of them may become."""


@dataclass(frozen=True)
class Model:
    """A checked model, no function called any more. tables: its large tensors, which are inputs of it without them."""

    proto: ModelProto
    tables: Mapping[str, Array]


def parts(path: Path) -> tuple[Path, ...]:
    """The file, and those beside it that have some of its tensors. Raises NotReadable."""
    _, _, tensors = measured(path)
    names = {
        entry.value
        for tensor in tensors
        if tensor.data_location == TensorProto.EXTERNAL
        for entry in tensor.external_data
        if entry.key == "location"
    }
    return (path, *(beside(path, name) for name in sorted(names)))


def read(path: Path) -> Generator[Progress, None, Model]:
    """The model in a file, with its tensors, piece by piece. Raises NotReadable."""
    model, spans, tensors = measured(path)
    found = {name: Place(path, *span) for name, span in spans.items()}
    found |= taken_in(path, model, tensors, LARGEST - size(path))
    try:
        whole = sum(place.size for place in found.values())
        tables = yield from told(_taken_out(model, found), f"Checking {shown(path.name, 60)}", whole)
        checker.check_model(model, full_check=True)
        composed = [("", kind) for kind in {node.op_type for node in _nodes(model)} & {*COMPOSED}]
        if model.functions or composed:
            own = [(function.domain, function.name) for function in model.functions]
            for tensor in model.graph.initializer:  # of which the inliner does not know the types
                model.graph.value_info.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
            model = inliner.inline_selected_functions(model, own + composed, inline_schema_functions=True)
    except Exception as error:  # onnx raises what it likes at a broken model
        reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise NotReadable(refusal(path, f"breaks the rules of ONNX ({shown(reason, 120)})", ADVICE)) from error
    return Model(model, tables)


def measured(path: Path) -> tuple[ModelProto, Mapping[str, Span], Sequence[TensorProto]]:
    """The model as the file has it, counted, where the tables lie that were left in it, and all its tensors, those of
    the graph first. Raises NotReadable."""
    if (there := size(path)) > LARGEST:
        raise NotReadable(refusal(path, f"has {amount(there)}, at most {amount(LARGEST)} are read", ADVICE))
    if not there:
        raise NotReadable(refusal(path, "holds no network", ADVICE))
    try:
        with open(path, "rb", opener=only_files) as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            described, found = split(data)
        model = onnx.load_from_string(described)
    except OSError as error:
        raise unreadable(path, error) from error
    except TooManyParts as error:
        raise NotReadable(refusal(path, f"has more than {MOST_PARTS:,} parts beside its numbers", SIMPLER)) from error
    except TooLong as error:
        reason = f"has more than {amount(wire.LARGEST)} beside the tables that lie in one piece"
        raise NotReadable(refusal(path, reason, UNPACKED)) from error
    except Exception as error:  # protobuf has errors of its own
        raise NotReadable(refusal(path, "is no ONNX model, or is cut short", ADVICE)) from error
    if fault := _fault(model) or _too_large(tensors := list(_tensors(model))):
        advice = next((advice for domain, advice in DOMAINS_OF_OTHERS.items() if f" of {domain}" in fault), SIMPLER)
        raise NotReadable(refusal(path, fault, advice))
    return model, found, tensors


def _taken_out(model: ModelProto, found: Mapping[str, Place]) -> Generator[int, None, dict[str, Array]]:
    """The large tables of a model, each made one of its inputs, in steps that say how many bytes were read. Raises
    ValueError where a length does not fit."""
    tables: dict[str, Array] = {}
    kept = []
    inputs = {value.name for value in model.graph.input}
    room = np.empty(sum(ALIGNED + place.size for place in found.values()), np.uint8)  # one for all: quicker got
    at = 0
    with ExitStack() as opened:
        files = {
            path: opened.enter_context(open(path, "rb", opener=only_files))
            for path in {place.path for place in found.values()}
        }
        for tensor in model.graph.initializer:
            place = found.get(tensor.name)
            if place is not None and tensor.data_type in PLAIN:
                kind = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.data_type)).newbyteorder("<")
                part = room[at : at + place.size]
                files[place.path].seek(place.start)
                for start in range(0, len(part), PIECE):
                    piece = part[start : start + PIECE]
                    if files[place.path].readinto(piece.data) < len(piece):
                        raise ValueError("the file has become shorter meanwhile")
                    yield len(piece)
                at += -(-len(part) // ALIGNED) * ALIGNED
                tables[tensor.name] = part.view(kind).reshape(tuple(tensor.dims))
                if tensor.name not in inputs:
                    typed = model.graph.input.add(name=tensor.name).type.tensor_type
                    typed.elem_type = tensor.data_type
                    typed.shape.SetInParent()
                    for n in tensor.dims:
                        typed.shape.dim.add(dim_value=n)
                continue
            if place is not None:
                files[place.path].seek(place.start)
                tensor.raw_data = files[place.path].read(place.size)
            kept.append(TensorProto.FromString(tensor.SerializeToString()))
    if tables:
        del model.graph.initializer[:]
        model.graph.initializer.extend(kept)
    return tables


def _fault(model: ModelProto) -> str:
    """Why a model is not read, as far as that can be told by counting; "" where it may be."""
    if not model.graph.node:
        return "holds no network"
    versions = [entry.version for entry in model.opset_import if entry.domain in DOMAINS]
    newest = onnx.defs.onnx_opset_version()
    if not versions or not OLDEST <= versions[0] <= newest:
        said = f"version {versions[0]}" if versions else "no version"
        return f"uses {said} of ONNX's operators; {OLDEST} to {newest} are read"
    functions = {(f.domain, f.name) for f in model.functions}
    if len(functions) < len(model.functions):
        return "has two functions of one name"
    for node in _nodes(model):
        domain, kind = node.domain, node.op_type
        inside, several = [], False
        for attribute in node.attribute:
            if attribute.HasField("g"):
                inside.append(attribute.g)
            several = several or len(attribute.graphs) > 0
        if several or (inside and kind not in HOLDING):
            return f"has the operator {shown(kind, 40)}, with a network of its own inside, which is not read"
        if any(graph.sparse_initializer for graph in inside):
            return "has sparse tensors, which are not read"
        if len(node.output) > MOST_RESULTS:
            return (
                f"has the operator {shown(kind, 40)} with {len(node.output):,} results, at most {MOST_RESULTS} are read"
            )
        known = domain in DOMAINS or (domain == "com.microsoft" and kind in FOREIGN)
        if not known and (domain, kind) not in functions:
            what = f"{shown(kind, 40)} of {shown(domain, 40)}"
            return f"has the operator {what}, which is not one of ONNX's own"
    if model.graph.sparse_initializer:
        return "has sparse tensors, which are not read"
    if _written_out(model) > MOST_OPERATORS:
        return f"has more than {MOST_OPERATORS:,} operators, or a function that calls itself"
    return ""


def _too_large(tensors: Iterable[TensorProto]) -> str:
    """Which of a model's tensors could not be, "" where all could."""
    for tensor in tensors:
        if min(tensor.dims, default=0) < 0 or _numbers(tensor) > LARGEST_TENSOR:
            return f"has the tensor {shown(tensor.name, 40)} of an impossible size"
    return ""


def _written_out(model: ModelProto) -> int:
    """Operators of the graph with each function written out where it is called; too many where one calls itself."""
    bodies = {(f.domain, f.name): f.node for f in model.functions}
    counts: dict[tuple[str, str], int] = {}

    def count(nodes: Iterable[NodeProto]) -> int | None:
        parts = [
            counts.get(key) if (key := (n.domain, n.op_type)) in bodies else LONGEST if key[1] in COMPOSED else 1
            for n in _deep(nodes)
        ]
        return None if None in parts else sum(part or 0 for part in parts)

    for _ in bodies:  # one more is known with each turn, unless they go in a circle
        ready = {key: n for key, nodes in bodies.items() if key not in counts and (n := count(nodes)) is not None}
        if not ready or max(ready.values()) > MOST_OPERATORS:
            break
        counts |= ready
    total = count(model.graph.node) if len(counts) == len(bodies) else None
    return MOST_OPERATORS + 1 if total is None else total


def _tensors(model: ModelProto) -> Iterator[TensorProto]:
    """Every tensor of a model, also those of its operators."""
    yield from model.graph.initializer
    for node in _nodes(model):
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            if attribute.HasField("g"):  # else a graph would be made to be looked at
                yield from attribute.g.initializer


def _nodes(model: ModelProto) -> Iterator[NodeProto]:
    """Every operator of a model, its functions, and the graphs inside its operators."""
    yield from _deep(model.graph.node)
    for function in model.functions:
        yield from _deep(function.node)


def _deep(nodes: Iterable[NodeProto]) -> Iterator[NodeProto]:
    for node in nodes:
        yield node  # whose graphs `_fault` refuses where it is none of HOLDING
        for attribute in node.attribute if node.op_type in HOLDING else ():
            if attribute.HasField("g"):
                yield from _deep(attribute.g.node)


def _numbers(tensor: TensorProto) -> int:
    total = 1
    for n in tensor.dims:
        total *= n
        if total > LARGEST_TENSOR:
            break
    return total
