"""What an ONNX graph may hold that no operator of ours can be made of: one sentence each."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import AttributeProto, TensorProto, helper

from explorer.formats.onnx.graph import GraphError, array, graph
from explorer.formats.onnx.names import names
from tests.onnx_side import model


def told(made: onnx.ModelProto) -> str:
    with pytest.raises(GraphError) as refused:
        graph(made, {})
    return str(refused.value)


def constant(**settings) -> onnx.ModelProto:
    node = helper.make_node("Constant", [], ["c"], **settings)
    return model([node, helper.make_node("Add", ["x", "c"], ["y"])])


def test_constants_that_are_none() -> None:
    assert told(constant()) == "has a constant without a value"
    assert told(constant(value_string=b"x")) == "has a constant given as value_string, which is not read"


@pytest.mark.parametrize(("given", "kind"), [({"value_float": 2.0}, np.float32), ({"value_ints": [1, 2]}, np.int64)])
def test_constants_without_a_tensor(given, kind) -> None:
    made = helper.make_model(helper.make_graph(
        [helper.make_node("Constant", [], ["c"], **given), helper.make_node("Cast", ["c"], ["y"], to=1)], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1,))], [helper.make_empty_tensor_value_info("y")],
    ))  # fmt: skip
    found = graph(made, {})
    assert [values.dtype for values in found.numbers.values()] == [kind]
    assert [values.tolist() for values in found.numbers.values()] == list(given.values())


def test_tensors_that_hold_something_else() -> None:
    short = helper.make_tensor("t", TensorProto.FLOAT, [2], [1.0, 2.0])
    short.dims[0] = 3
    with pytest.raises(GraphError, match="has a tensor, t, without as many numbers as it says"):
        array(short)
    with pytest.raises(GraphError, match="has a tensor, t, that holds no numbers"):
        array(helper.make_tensor("t", TensorProto.STRING, [1], [b"x"]))
    with pytest.raises(GraphError, match="has a tensor, t, that holds no numbers"):
        array(helper.make_tensor("t", TensorProto.COMPLEX64, [1], [1j]))


def test_settings_that_are_not_read() -> None:
    made = model([helper.make_node("Relu", ["x"], ["y"])])
    made.graph.node[0].attribute.append(helper.make_attribute("type", helper.make_tensor_type_proto(1, [1])))
    assert made.graph.node[0].attribute[0].type == AttributeProto.TYPE_PROTO
    assert told(made) == "has an operator whose setting type is of a kind that is not read"


def test_an_input_of_no_shape() -> None:
    made = model([helper.make_node("Relu", ["x"], ["y"])])
    made.graph.input[0].type.tensor_type.ClearField("shape")
    assert told(made) == "has an input, x, that does not say how many axes it has"


def test_a_table_that_stands_for_several_names_none_of_them() -> None:
    """As torch's newer exporter writes untrained layers: their equal tables are one, under the first layer's name."""

    def prelu(path: str, value: str, result: str, table: str = "layers.0.ln.weight") -> onnx.NodeProto:
        node = helper.make_node("PRelu", [value, table], [result], name=f"node_prelu_{result}")
        if path:
            modules = path.split(".")
            scopes = [".".join(modules[: end + 1]) for end in range(len(modules))]
            node.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=str(["", *scopes, "prelu"]))
        return node

    equal, other = np.full((3, 1, 1), 0.25, np.float32), np.full((3, 1, 1), 0.5, np.float32)
    made = model(
        [
            prelu("layers.0.ln", "x", "a"),
            prelu("layers.1.ln", "a", "b"),
            prelu("", "b", "c"),
            prelu("layers.2", "c", "y", "last.ln.weight"),
        ],
        {"layers.0.ln.weight": equal, "last.ln.weight": other},
        shape=(1, 3, 8, 8),
    )
    assert names(graph(made, {})) == ["layers.0.ln", "layers.1.ln", "prelu", "last.ln"]
