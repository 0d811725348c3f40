"""What an ONNX file says of itself, in words: who wrote it, and what goes in and comes out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from onnx import ModelProto, TensorProto, ValueInfoProto

from explorer.formats.words import shown

MOST = 3
"""Inputs, and outputs, that are told one by one."""


def writer(model: ModelProto) -> str:
    """The program that wrote the file and its version, behind a comma; "" where the file does not say."""
    said = " ".join(filter(None, (model.producer_name, model.producer_version)))
    return f", written by {shown(said, 60)}" if said else ""


def ends(model: ModelProto, tables: Collection[str]) -> str:
    """Names, sizes and types of the graph's inputs and outputs, as the file has them: with the batch, in its own order.

    tables: large tensors that were made inputs, which the file does not have as such.
    """
    known = {*tables, *(tensor.name for tensor in model.graph.initializer)}
    inputs = _listed(value for value in model.graph.input if value.name not in known)
    return f"In: {inputs}. Out: {_listed(model.graph.output)}."


def _listed(values: Iterable[ValueInfoProto]) -> str:
    said = [f"{shown(value.name, 40)} {_kind(value)}" for value in values]
    more = f" and {len(said) - MOST:,} more" if len(said) > MOST else ""
    return ", ".join(said[:MOST]) + more


def _kind(value: ValueInfoProto) -> str:
    """Sizes and type: (1, 3, height, 224) of float16."""
    tensor = value.type.tensor_type
    kind = TensorProto.DataType.Name(tensor.elem_type).lower() if tensor.elem_type in KINDS else "an unknown type"
    kind = {"float": "float32", "double": "float64"}.get(kind, kind)
    if not tensor.HasField("shape"):
        return f"of {kind}"
    sizes = [shown(d.dim_param, 20) if d.dim_param else str(d.dim_value or "?") for d in tensor.shape.dim[:9]]
    return f"({', '.join(sizes)}) of {kind}"


KINDS = frozenset(TensorProto.DataType.values()) - {TensorProto.UNDEFINED}
