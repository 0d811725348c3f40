"""A network as an ONNX model, its weights inside; the batch may have any size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import onnx
from onnx import TensorProto, ValueInfoProto, helper

from explorer import __version__
from explorer.formats.words import amount
from explorer.formats.writers.onnx_graph import Graph
from explorer.formats.writers.onnx_layers import write
from explorer.layers.dense import Input
from explorer.maths.sentences import Refusal
from explorer.network.analysis import Facts
from explorer.network.layer import Shape
from explorer.network.project import Project

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPSET, IR = 20, 9
"""Of 2023: the first with GELU and with borders that wrap."""

LARGEST = (1 << 31) - (1 << 24)
"""Bytes of weights; a file of this format ends at 2 GiB, names and operators included."""


class TooLarge(Refusal):
    """The model does not fit into one file; the message says what does."""


def onnx_model(project: Project, facts: Mapping[str, Facts], weights: Mapping[str, NDArray[Any]]) -> bytes:
    """A network that has no problem, with arrays by `node id.parameter`. Raises TooLarge."""
    needed = sum(array.nbytes for array in weights.values())
    if needed > LARGEST:
        raise TooLarge(
            f"An ONNX file holds at most 2.1 GB, and the weights take {amount(needed)}: "
            "export the network as .py or .safetensors instead."
        )
    network = project.network
    shapes = {id: fact.shape or () for id, fact in facts.items()}
    graph = Graph(weights, network.nodes)
    entries, ends = [], []
    for node in network.order:
        if isinstance(node.layer, Input):
            entries.append(_value(node.id, shapes[node.id]))
            continue
        write(graph, node, node.inputs, [shapes[i] for i in node.inputs], shapes[node.id])
        if not network.users[node.id]:
            ends.append(_value(node.id, shapes[node.id]))
    model = helper.make_model(
        helper.make_graph(graph.operators, project.title or "network", entries, ends, graph.numbers),
        producer_name="CNN Explorer", producer_version=__version__, doc_string=project.origin,
        opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR,
    )  # fmt: skip
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _value(name: str, shape: Shape) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *map(int, shape)])
