"""Networks with several Inputs: each further one is fed numbers or a picture, and everything runs with that."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from explorer.engine.feeding import FeedingError, feeding_of
from explorer.engine.opening import open_file
from explorer.engine.probes import image_for, look, predict, program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Look, Pixels, Predict, XRay
from explorer.engine.tape import Tape
from explorer.engine.xray import xray
from explorer.formats import project_json, tensors
from explorer.formats.picture_files import PictureError
from explorer.formats.strict_json import Fault
from explorer.layers.dense import Input
from explorer.maths.steps import at_once
from explorer.network.fed import Numbers, Still, in_words, one_of
from explorer.network.project import Project
from tests import painting_side

PICTURE = Pixels(np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))


def fed(project: Project) -> Program:
    program = Program(project.network, tensors.read(project.weights) if project.weights else {})
    return program.fed(feeding_of(project, program.facts, program.device))


def last(steps):
    *_, end = steps
    return end


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-2, 2, width=32), min_size=3, max_size=3), st.integers(1, 3))
def test_numbers_reach_the_picture(values: list[float], pictures: int) -> None:
    project = painting_side.three_styles().feeding("styles", Numbers(tuple(values)))
    x = torch.rand(pictures, 3, 32, 48, generator=torch.Generator().manual_seed(1))
    wanted = painting_side.as_painted(x.numpy(), np.array(values, np.float32))
    y, kept = fed(project).run(x, ["strength"])
    assert np.abs(y.numpy() - wanted).max() < 1e-6
    assert kept["strength"].shape == (pictures, 3)
    tape = Tape(fed(project), ["colours"])
    assert np.abs(tape.values(x, ["colours"])["colours"].numpy() - wanted).max() < 1e-6


def test_a_picture_is_fed_by_the_recipe() -> None:
    project = painting_side.like_another()
    x = torch.rand(1, 3, 16, 16)
    for feed, mean in ((Numbers((1.0, 1.0, 1.0)), 1.0), (painting_side.plain((255, 0, 51)), (1.0, 0.0, 0.2))):
        y = fed(project.feeding("style_image", feed)).run(x)[0]
        wanted = torch.sigmoid(x + torch.tensor(mean).expand(3).reshape(1, 3, 1, 1))
        assert (y - wanted).abs().max() < 1e-6


def test_what_nothing_but_fed_inputs_leads_to_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    program = fed(painting_side.like_another())
    looked: list[int] = []
    module = program.module("look")
    module.register_forward_pre_hook(lambda *_: looked.append(1))
    monkeypatch.setattr(program, "_onednn", False)
    first = program.run(torch.zeros(1, 3, 16, 16))[0]
    assert torch.equal(program.run(torch.zeros(1, 3, 16, 16))[0], first)
    assert len(looked) == 1
    without = program.changed({"look": {0: 0.0}})
    assert not torch.equal(without.run(torch.zeros(1, 3, 16, 16))[0], first), "a channel that is off is off at once"


def test_each_part_is_looked_at_with_what_it_gets() -> None:
    """The style's own layers see the style picture, in one question with layers that see the picture."""
    project = painting_side.like_another().feeding("style_image", painting_side.plain((255, 0, 51)))
    alone = last(look(Look(project, PICTURE, ("look",))))[0]
    assert np.allclose(alone.values.reshape(3, -1), np.array([[1], [0], [0.2]]), atol=1e-6)
    both = last(look(Look(project, PICTURE, ("look", "moved"))))
    assert [maps.node for maps in both] == ["look", "moved"]
    assert np.array_equal(both[0].values, alone.values)
    assert len(last(xray(XRay(project, PICTURE))).ids) == len(project.network.nodes)


def test_other_numbers_need_no_other_program() -> None:
    project = painting_side.three_styles()
    programs = []
    for styles in (one_of(3, 0), one_of(3, 2), Numbers((0.5, 0.5, 0.0))):
        now = project.feeding("styles", styles)
        program = at_once(program_of(now, "cpu"))
        x = image_for(PICTURE, now, program, program.output)
        wanted = painting_side.as_painted(x.numpy(), np.array(styles.values))
        assert np.abs(program.run(x)[0].numpy() - wanted).max() < 1e-6
        programs.append(program)
    assert programs[0].module("strength") is programs[2].module("strength")


def test_what_does_not_fit_is_said() -> None:
    project = painting_side.three_styles().feeding("styles", Numbers((1.0, 0.0)))
    with pytest.raises(FeedingError, match="styles has 3 channels and is fed 2 numbers: select it"):
        last(predict(Predict(project, PICTURE)))
    broken = painting_side.like_another().feeding("style_image", Still(b"no picture", "scream.png"))
    with pytest.raises(PictureError, match=r"“scream\.png”"):
        last(predict(Predict(broken, PICTURE)))
    unfed = Project(painting_side.like_another().network)
    with pytest.raises(ProgramError, match=r"several Inputs \(input, style_image\)"):
        last(predict(Predict(unfed, PICTURE)))


def test_a_file_keeps_it() -> None:
    for project in (
        painting_side.three_styles().feeding("styles", Numbers((0.25, -1.0, 0.0))),
        painting_side.like_another().feeding("style_image", painting_side.plain((1, 2, 3))),
    ):
        data = project_json.dumped(project)
        assert project_json.loaded(data) == project
        assert project_json.dumped(project_json.loaded(data)) == data
    assert project.rewired(project.network.without({"style_image"})).fed == {}


@pytest.mark.parametrize(
    ("fed", "words"),
    [
        ('{"gone":{"numbers":[1]}}', "feeds an Input “gone” that is not there"),
        ('{"colours":{"numbers":[1]}}', "feeds an Input “colours” that is not there"),
        ('{"styles":{"numbers":[]}}', "has no number at"),
        ('{"styles":{"numbers":[true]}}', "something else than a number"),
        ('{"styles":{"numbers":[1],"name":""}}', "unknown “name”"),
        ('{"styles":{"picture":"ä","name":""}}', "base 64"),
        ('{"styles":{"picture":3,"name":""}}', "no text"),
        ('{"styles":{}}', "lacks “picture”"),
        ("[]", "something else than an object at fed"),
    ],
)
def test_strangers_files(fed: str, words: str) -> None:
    data = project_json.dumped(painting_side.three_styles()).decode()
    start = data.index('"fed":') + len('"fed":')
    with pytest.raises(Fault, match=words):
        project_json.loaded(f"{data[:start]}{fed}}}".encode())


def test_words() -> None:
    assert in_words(one_of(26, 7)) == "number 7"
    assert in_words(Numbers((1.0, 1.0))) == "1 for all"
    assert in_words(Numbers((0.5, 0.0, 0.5))) == "0.5 × 0 + 0.5 × 2"
    assert in_words(Numbers((0.1, 0.2, 0.3, 0.4, 0.5))) == "0.1 × 0 + 0.2 × 1 + 0.3 × 2 + 0.4 × 3 + …"


# Files of other programs


def model(shape: list[int], nodes: list[onnx.NodeProto], numbers: dict[str, np.ndarray], kind: int = TensorProto.FLOAT):
    made = helper.make_graph(
        nodes,
        "g",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8]),
            helper.make_tensor_value_info("my/s", kind, shape),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 8, 8])],
        [numpy_helper.from_array(value, name) for name, value in numbers.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize(
    ("shape", "nodes", "entry"),
    [
        ([3], [("Reshape", ["my/s", "to"], ["r"]), ("Mul", ["x", "r"], ["y"])], Input(3, 1, 1)),
        ([1, 3], [("Reshape", ["my/s", "to"], ["r"]), ("Mul", ["x", "r"], ["y"])], Input(3, 1, 1)),
        ([1, 1, 1, 3], [("Reshape", ["my/s", "to"], ["r"]), ("Add", ["x", "r"], ["y"])], Input(3, 1, 1)),
        ([1, 3, 1, 1], [("Mul", ["x", "my/s"], ["y"])], Input(3, 1, 1)),
        ([1, 3, 8, 8], [("Sub", ["x", "my/s"], ["y"])], Input(3, 8, 8)),
    ],
)
def test_each_input_of_a_file_becomes_one(tmp_path, shape, nodes, entry) -> None:
    runtime = pytest.importorskip("onnxruntime")
    path = tmp_path / "two.onnx"
    numbers = {"to": np.array([1, 3, 1, 1])} if any("to" in inputs for _, inputs, _ in nodes) else {}
    onnx.save(model(shape, [helper.make_node(*node) for node in nodes], numbers), str(path))
    project = last(open_file(path))
    assert project.network.nodes["my.s"].layer == entry
    assert project.fed == {"my.s": Numbers((1.0, 1.0, 1.0))}
    random = np.random.default_rng(5)
    x, s = random.random((1, 3, 8, 8), np.float32), np.array([0.5, -1, 2], np.float32)
    picture = s.reshape(1, 3, 1, 1) * np.ones(
        (1, 1, *shape[2:]) if len(shape) == 4 and shape[1] == 3 else 1, np.float32
    )
    given = {"x": x, "my/s": picture.reshape(shape)}
    (wanted,) = runtime.InferenceSession(str(path)).run(None, given)
    y = fed(project.feeding("my.s", Numbers(tuple(s.tolist())))).run(torch.from_numpy(x))[0]
    assert np.abs(y.numpy() - wanted).max() < 1e-6


def test_counts_and_what_an_operator_must_know_are_held(tmp_path) -> None:
    path = tmp_path / "two.onnx"
    nodes = [
        helper.make_node("Cast", ["my/s"], ["r"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["x", "r"], ["y"]),
    ]
    onnx.save(model([1], nodes, {}, TensorProto.INT64), str(path))
    project = last(open_file(path))
    assert project.fed == {}
    assert "Its input my/s is held at 1 (1 numbers)." in project.origin
    nodes = [
        helper.make_node("Cast", ["my/s"], ["r"], to=TensorProto.INT64),
        helper.make_node("Expand", ["x", "r"], ["y"]),
    ]
    onnx.save(model([4], nodes, {}), str(path))
    assert last(open_file(path)).fed == {}
