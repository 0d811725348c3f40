"""Darknet's files: every layer as Darknet computes it, known networks, and nothing but a sentence for broken ones."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.engine.answers import answer
from explorer.engine.detecting import heads_of, put_out, with_inputs
from explorer.engine.opening import READERS, open_file
from explorer.engine.probes import picture
from explorer.engine.program import Program
from explorer.engine.questions import Detect, PictureFile, Pixels
from explorer.formats import tensors
from explorer.formats.darknet.reading import assembled
from explorer.formats.darknet.sections import LARGEST, Fault
from explorer.formats.recipes import to_input
from explorer.layers.detection import Yolo
from explorer.layers.shapes import Identity, PadChannels, Slice
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.box_records import Limits, Thresholds
from explorer.maths.decoding import decoding
from explorer.maths.heads import RawBoxes
from explorer.maths.sentences import Refusal
from explorer.maths.suppression import measured
from explorer.network.analysis import analyse, faulty
from explorer.network.project import SUFFIX, Project
from explorer.ui.file_kinds import FOREIGN
from tests import darknet_networks as texts
from tests.in_place import put

TINY = "[net]\nwidth=6\nheight=4\nchannels=2\n"
CONV = "[convolutional]\nfilters=3\nsize=3\npad=1\nactivation=linear\n"
MODELS = ("yolo-fastest-1.1", "yolo-fastest-1.1-xl")
DARKNET_S_LISTS = {
    "before_nms": Thresholds(0.25, 1.0, "IoU"), "darknet_cli_nms_diou": Thresholds(0.25), "nms_iou":
    Thresholds(0.25, 0.45, "IoU"),
}  # fmt: skip
"""What counts in each list of the reference; its program drops doubles by DIoU, as this network's text asks."""


def opened(path: Path) -> Project:
    *_, project = open_file(path)
    assert isinstance(project, Project)
    return project


def refused(path: Path) -> str:
    with pytest.raises(Refusal) as caught:
        list(open_file(path))
    text = str(caught.value)
    assert len(text) <= 300
    assert path.stem[:20] in text
    return text


def written(folder: Path, text: str | bytes, numbers: np.ndarray | None = None, version=(0, 2, 5), seen=64) -> Path:
    """A .cfg, and its .weights where there are numbers."""
    folder.mkdir(exist_ok=True)
    (folder / "net.cfg").write_bytes(text if isinstance(text, bytes) else text.encode())
    if numbers is not None:
        wide = version[0] * 10 + version[1] >= 2 and max(version[:2]) <= 1000
        head = struct.pack("<3iQ" if wide else "<3iI", *version, seen)
        (folder / "net.weights").write_bytes(head + numbers.astype("<f4").tobytes())
    return folder / "net.cfg"


@cache
def known(path: Path) -> tuple[Project, Program]:
    """A network that several tests run."""
    project = opened(path)
    return project, Program(project.network, tensors.read(project.weights))


def outputs(project: Project, x: torch.Tensor, program: Program | None = None) -> dict[int, np.ndarray]:
    """By Darknet's number of a layer what it puts out, for one picture."""
    ends = {int(found[1]): id for id in project.network.nodes if (found := re.match(r"[a-z]+(\d+)", id))}
    program = program or Program(project.network, tensors.read(project.weights) if project.weights else {})
    values = program.values(x, list(ends.values()))
    return {number: values[id][0].numpy() for number, id in ends.items()}


@pytest.mark.parametrize("model", MODELS)
def test_all_layers_are_darknet_s(assets: Path, model: str) -> None:
    project, program = known(assets / f"{model}.cfg")
    x = torch.from_numpy(np.load(assets / "reference" / "input_dog_320.npz")["input"])[None]
    found = outputs(project, x, program)
    reference = json.loads((assets / "reference" / f"layers_{model}_dog.json").read_text())["layers"]
    assert len(found) == len(reference) == 131
    for layer in reference:
        y = found[layer["index"]]
        assert list(y.shape) == layer["shape"]
        for name in ("mean", "std", "min", "max"):
            assert abs(getattr(y, name)() - layer[name]) < 2e-4, (layer["index"], name)
        assert np.abs(y.reshape(-1)[:5] - layer["first5"]).max() < 2e-4, layer["index"]
    heads = np.load(assets / "reference" / f"heads_{model}_dog.npz")
    assert sorted(heads) == ["head_120", "head_129", "yolo_121", "yolo_130"]
    for name in heads:
        assert np.abs(found[int(name.split("_")[1])] - heads[name]).max() < 2e-4, name


def test_a_picture_is_scaled_as_darknet_scales_it(assets: Path) -> None:
    """Two JPEG decoders are up to three of 255 apart in a pixel of this picture. Scaling takes means of pixels, so that
    ours may be no further from Darknet's; another way to scale, from the pixels' middles, is."""
    darknet = np.load(assets / "reference" / "input_dog_320.npz")["input"]
    photo = picture(PictureFile(str(assets / "images" / "dog.jpg"))).pixels
    recipe = known(assets / f"{MODELS[0]}.cfg")[0].recipe
    apart = [
        255 * np.abs(to_input(photo, one, (3, 320, 320)) - darknet).max()
        for one in (recipe, replace(recipe, scaling="centres"))
    ]
    assert apart[0] < 3.001
    assert apart[1] > 30, apart


@pytest.mark.parametrize("model", MODELS)
def test_boxes_are_darknet_s_where_the_pixels_are(assets: Path, model: str) -> None:
    """From the very numbers that Darknet put into the network to all of its lists; `test_darknet_lists` has the other
    photos, from the pixels of its decoder."""
    x = torch.from_numpy(np.load(assets / "reference" / "input_dog_320.npz")["input"])[None]
    project, program = known(assets / f"{model}.cfg")
    heads = heads_of(program)
    values = program.values(x, with_inputs(program, heads))
    photo = json.loads((assets / "reference" / "detections.json").read_text())["models"][model]["images"]["dog.jpg"]
    w, h = photo["width"], photo["height"]
    raw = RawBoxes(put_out(values, program, heads, (320, 320), (w, h), project))
    for which, limits in DARKNET_S_LISTS.items():
        expected = sorted(photo["darknet"]["stretch"][which], key=lambda one: -one["prob"])
        found = raw.guesses(limits, 100)
        assert [guess.index for guess in found] == [one["class_id"] for one in expected]
        assert [guess.probability for guess in found] == pytest.approx([one["prob"] for one in expected], abs=1e-5)
        for guess, one in zip(found, expected, strict=True):
            left, top, right, bottom = guess.box
            middle_and_size = (left + right) / 2 / w, (top + bottom) / 2 / h, (right - left) / w, (bottom - top) / h
            assert middle_and_size == pytest.approx([one[side] for side in ("cx", "cy", "w", "h")], abs=1e-5)


@pytest.mark.parametrize(("model", "folded"), [(MODELS[0], 326_166), (MODELS[1], 886_286)])
def test_what_is_said_of_a_real_network(assets: Path, model: str, folded: int) -> None:
    project = opened(assets / f"{model}.weights")
    assert project == opened(assets / f"{model}.cfg")
    assert project.title == model
    assert f"Weights from {model}.weights (Darknet 0.2.5, trained on" in project.origin
    assert "coco.names" in project.origin
    assert project.recipe.labels == tuple((assets / "coco.names").read_text().split("\n")[:80])
    facts = analyse(project.network)
    assert not faulty(facts)
    scales = sum(fact.parameters // 2 for id, fact in facts.items() if id.endswith(".bn"))
    assert sum(fact.parameters for fact in facts.values()) - scales == folded
    shapes = tensors.names_and_shapes(project.weights)
    assert sum(np.prod(shape, dtype=int) for shape in shapes.values()) == sum(
        fact.parameters + fact.buffers for fact in facts.values()
    )


@pytest.mark.parametrize(
    ("name", "floats", "layers", "heads"),
    [
        # the sizes of the published weights, less 16 bytes (version 2) or 20: 203,934,260, 63,471,556, 248,007,048,
        # 35,434,956 and 24,251,276 bytes
        ("yolov2", 50_983_561, 32, {"region31": (425, 19, 19)}),
        ("yolov2_tiny_voc", 15_867_885, 16, {"region15": (125, 13, 13)}),
        ("yolov3", 62_001_757, 107, {"yolo82": (255, 13, 13), "yolo94": (255, 26, 26), "yolo106": (255, 52, 52)}),
        ("yolov3_tiny", 8_858_734, 24, {"yolo16": (255, 13, 13), "yolo23": (255, 26, 26)}),
        ("yolov4_tiny", 6_062_814, 38, {"yolo30": (255, 13, 13), "yolo37": (255, 26, 26)}),
    ],
)
def test_known_networks(tmp_path: Path, name: str, floats: int, layers: int, heads) -> None:
    text = getattr(texts, name)()
    found = assembled(text.encode())
    assert sum(tensor.count for tensor in found.weights) == floats
    assert len(found.ends) == layers
    assert {id: found.shapes[id] for id, node in found.nodes.items() if isinstance(node.layer, Yolo)} == heads
    project = opened(written(tmp_path, text))
    assert "Its weights are random" in project.origin
    facts = analyse(project.network)
    assert not faulty(facts)
    assert sum(fact.parameters + fact.buffers for fact in facts.values()) == floats
    assert len(project.recipe.labels) == (20 if name.endswith("voc") else 80)


def test_heads_know_their_anchors() -> None:
    nodes = assembled(texts.yolov4_tiny().encode()).nodes
    first, second = nodes["yolo30"].layer, nodes["yolo37"].layer
    assert first == Yolo(((81, 82), (135, 169), (344, 319)), 80, "sigmoid", 1.05, "DIoU")
    assert second.anchors == ((23, 27), (37, 58), (81, 82))
    assert nodes["route3"].layer == Slice(32, 32)
    head = assembled(texts.yolov2_tiny_voc().encode()).nodes["region15"].layer
    assert head.anchors[0] == (34.56, 38.08)  # 1.08×1.19 cells of 32 pixels
    assert (head.chances, head.reach, head.suppression) == ("softmax", 1.0, "IoU")


SCALED = """\
[net]
width=12
height=8
channels=3
[convolutional]
filters=16
size=3
stride=4
pad=1
activation=logistic
[yolo]
mask = 1,2
anchors = 10,13, 16,30, 33,23
classes=3
num=3
scale_x_y = 2.0
nms_kind=diounms
beta_nms=0.8
new_coords=1
objectness_smooth=1
max_delta=2
"""
"""The end of a scaled YOLOv4: the sigmoid stands before the head."""


def test_the_way_scaled_yolov4_draws_boxes(tmp_path: Path) -> None:
    """Each box again as Darknet computes it, with plain loops on what the convolution gives."""
    random = np.random.default_rng(0)
    bias, weight = random.normal(0, 1, 16).astype("f4"), random.normal(0, 0.3, (16, 3, 3, 3)).astype("f4")
    project = opened(written(tmp_path, SCALED, np.concatenate([bias, weight.ravel()])))
    head = project.network.nodes["yolo1"].layer
    assert head == Yolo(((16, 30), (33, 23)), 3, "sigmoid", 2.0, "DIoU", "square", 0.8)
    assert project.network.nodes["yolo1"].inputs == ("conv0.logistic",)
    pixels = random.integers(0, 256, (8, 12, 3), dtype=np.uint8)
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
    sure = torch.nn.functional.conv2d(x, torch.from_numpy(weight), torch.from_numpy(bias), 4, 1).sigmoid()[0].numpy()
    *_, prediction = answer(Detect(project, Pixels(pixels), count=1000, least=0.0, overlap=1.0))
    found = {(guess.place, guess.index): guess for guess in prediction.top}
    assert len(found) == 2 * 2 * 3 * 3
    for a, (wide, high) in enumerate(head.anchors):
        for row in range(2):
            for column in range(3):
                s_x, s_y, s_w, s_h, there, *what = sure[8 * a : 8 * a + 8, row, column].tolist()
                x_middle, y_middle = (column + 2 * s_x - 0.5) / 3 * 12, (row + 2 * s_y - 0.5) / 2 * 8
                w, h = 4 * s_w**2 * wide, 4 * s_h**2 * high
                box = x_middle - w / 2, y_middle - h / 2, x_middle + w / 2, y_middle + h / 2
                for kind, chance in enumerate(what):
                    guess = found[(a * 2 + row) * 3 + column, kind]
                    assert guess.box == pytest.approx(box, abs=1e-3)
                    assert guess.probability == pytest.approx(there * chance, abs=1e-5)
    guess = prediction.top[0]
    spot = RawBoxes(prediction.heads).spot(guess.place)
    worked = {step.name: step.worked for step in decoding(prediction.heads, spot, guess.index)}
    assert worked["b_x"].formula == "(σ_x·r − (r − 1) / 2 + c_x) / n_W"
    assert worked["b_w"].formula == "p_w·(2·σ_w)^2 / W"
    assert worked["p_c"].formula == "σ_o"
    sides = [float(worked[side]) for side in ("left", "top", "right", "bottom")]
    assert sides == pytest.approx(guess.box, abs=1e-3)
    assert float(worked["score"]) == pytest.approx(guess.probability, abs=1e-6)


def test_how_doubles_are_dropped(tmp_path: Path) -> None:
    """Darknet's words for it; the distance's power counts only with diounms, as in its own loop."""

    def head(kind: str) -> Yolo:
        return assembled(SCALED.replace("diounms", kind).encode()).nodes["yolo1"].layer

    heads = map(head, ("default", "cornersnms", "greedynms", "diounms"))
    assert [(one.suppression, one.beta) for one in heads] == [
        ("IoU", 0.6), ("IoU", 0.6), ("DIoU", 0.6), ("DIoU", 0.8),
    ]  # fmt: skip
    near, far = np.array([[0.0, 0, 10, 10]]), np.array([[3.0, 0, 13, 10]])
    apart = (9 / (13**2 + 10**2)) ** 0.8
    assert measured(Limits(suppression="DIoU", beta=0.8))(near, far) == pytest.approx(70 / 130 - apart)
    assert measured(Limits(suppression="IoU", beta=0.8))(near, far) == pytest.approx(70 / 130)
    project = opened(written(tmp_path, SCALED))
    *_, prediction = answer(Detect(project, Pixels(np.zeros((8, 12, 3), np.uint8)), least=0.0))
    assert prediction.heads.filled(Thresholds()) == Limits(0.25, 0.45, "DIoU", 0.8)


@pytest.mark.parametrize("version", [(0, 1, 0), (0, 2, 5), (0, 0, 0), (1, 0, 0), (0, 1001, 0)])
def test_numbers_in_their_order(tmp_path: Path, version: tuple[int, int, int]) -> None:
    """Batch normalisation first, then the kernels; old files have a shorter header, very old ones turned matrices."""
    text = TINY + CONV.replace("linear", "leaky") + "batch_normalize=1\n" + CONV
    text += "[connected]\noutput=2\nactivation=relu\n[softmax]\n[cost]\n"
    sizes = (3, 3, 3, 3, 3 * 2 * 9, 3, 3 * 3 * 9, 2, 2 * 72)
    numbers = np.random.default_rng(1).uniform(0.1, 1, sum(sizes)).astype(np.float32)
    parts = np.split(numbers, np.cumsum(sizes)[:-1])
    beta, gamma, mean, variance, kernel, bias, kernel2, bias3, matrix = parts
    project = opened(written(tmp_path, text, numbers, version, seen=12_345))
    assert f"(Darknet {'.'.join(map(str, version))}, trained on 12,345 pictures)" in project.origin
    x = torch.randn(1, 2, 4, 6)
    y = torch.conv2d(x, torch.from_numpy(kernel.reshape(3, 2, 3, 3)), padding=1)
    column = [torch.from_numpy(v).reshape(1, 3, 1, 1) for v in (gamma, beta, mean, variance)]
    y = (y - column[2]) / torch.sqrt(column[3] + 1e-5) * column[0] + column[1]
    y = torch.where(y > 0, y, 0.1 * y)
    y = torch.conv2d(y, torch.from_numpy(kernel2.reshape(3, 3, 3, 3)), torch.from_numpy(bias), padding=1)
    turned = version[1] > 1000
    matrix = torch.from_numpy(matrix.reshape(72, 2).T.copy() if turned else matrix.reshape(2, 72))
    y = torch.relu(y.flatten(1) @ matrix.T + torch.from_numpy(bias3)).softmax(1)
    found = outputs(project, x)
    torch.testing.assert_close(torch.from_numpy(found[4])[None], y)
    assert (found[3] == found[4]).all()
    assert project.recipe.crop == 1.0  # a classifier gets the middle of the picture


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 6), st.integers(1, 4), st.none() | st.integers(0, 4))
def test_a_maximum_is_darknet_s(high: int, wide: int, size: int, stride: int, padding: int | None) -> None:
    """Against its loop (maxpool_layer.c): windows begin padding / 2 before the image, rounded down."""
    text = f"[net]\nwidth={wide}\nheight={high}\nchannels=1\n[maxpool]\nsize={size}\nstride={stride}\n"
    around = size - 1 if padding is None else min(padding, size - 1)
    text += "" if padding is None else f"padding={around}\n"
    rows, columns = (high + around - size) // stride + 1, (wide + around - size) // stride + 1
    x = np.random.default_rng(0).standard_normal((high, wide)).astype(np.float32)
    wanted = np.full((max(rows, 0), max(columns, 0)), -np.inf, np.float32)
    for i in range(rows):
        for j in range(columns):
            for n in range(size):
                for m in range(size):
                    row, column = i * stride + n - around // 2, j * stride + m - around // 2
                    if 0 <= row < high and 0 <= column < wide:
                        wanted[i, j] = max(wanted[i, j], x[row, column])
    if min(rows, columns) < 1:
        with pytest.raises(Fault, match="does not fit"):
            assembled(text.encode())
        return
    project = Project(assembled(text.encode()).network)
    (found,) = outputs(project, torch.from_numpy(x)[None, None]).values()
    assert np.array_equal(found[0], wanted)


def test_maxima_are_as_plain_as_can_be() -> None:
    def pool(height: int, width: int, rest: str) -> object:
        return (
            assembled(f"[net]\nwidth={width}\nheight={height}\nchannels=1\n[maxpool]\n{rest}".encode())
            .nodes["maxpool0"]
            .layer
        )

    assert pool(8, 6, "size=2\nstride=2") == MaxPool2d(2, 2)
    assert pool(7, 6, "size=2\nstride=2") == MaxPool2d(2, 2, (0, 1, 0, 0))
    assert pool(8, 6, "size=3\nstride=2") == MaxPool2d(3, 2, 1)
    assert pool(8, 6, "size=5\nstride=1") == MaxPool2d(5, 1, 2)
    assert pool(8, 6, "size=2\nstride=1") == MaxPool2d(2, 1, (0, 1, 0, 1))


def test_routes_and_shortcuts(tmp_path: Path) -> None:
    """Groups are counted in channels; of a shortcut's other side so many channels count as there are (blas.c)."""
    many, few = CONV.replace("filters=3", "filters=4"), CONV.replace("filters=3", "filters=2")
    text = TINY + many + few + "[shortcut]\nfrom=0\nactivation=leaky\n" + "[route]\nlayers=0\n"
    text += (
        "[shortcut]\nfrom=1,-2\n" + "[route]\nlayers=0,-1,1\ngroups=2\ngroup_id=1\n" + "[route]\nlayers=-1\ngroups=5"
    )
    project = opened(written(tmp_path, text))
    network = project.network
    assert network.nodes["route3"].layer == Identity()
    assert network.nodes["shortcut2.from"].layer == Slice(0, 2)
    assert network.nodes["shortcut4.0"].layer == PadChannels(4)
    found = outputs(project, torch.randn(1, 2, 4, 6))
    total = found[1] + found[0][:2]
    assert np.allclose(found[2], np.where(total > 0, total, 0.1 * total))
    flat = found[3].copy()
    flat[:2] += found[1]
    flat[:2] += found[2]
    assert np.allclose(found[4], flat)
    assert np.array_equal(found[5], np.concatenate([found[0][2:], found[4][2:], found[1][1:]]))
    assert np.array_equal(found[6], found[5][:1])


ACTIVATIONS = {
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
    "swish": lambda x: x / (1 + np.exp(-x)),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "relu6": lambda x: np.clip(x, 0, 6),
    "elu": lambda x: np.where(x >= 0, x, np.exp(x) - 1),
    "tanh": np.tanh,
    "gelu": lambda x: 0.5 * x * (1 + np.tanh(0.797885 * x + 0.035677 * x**3)),
    "linear": lambda x: x,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name: str) -> None:
    text = TINY + CONV + CONV.replace("linear", name) + CONV.replace("activation=linear", "")
    network = assembled(text.encode()).network
    program, x = Program(network, {}), torch.randn(1, 2, 4, 6) * 4
    before = program.values(x, ["conv1"])["conv1"].numpy()
    end = f"conv1.{name}" if name != "linear" else "conv1"
    assert np.allclose(program.values(x, [end])[end].numpy(), ACTIVATIONS[name](before), atol=1e-5)
    assert "conv2.logistic" in network.nodes  # what Darknet takes where nothing is said


def test_read_as_darknet_reads(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf# caf\xe9\r\n[ NET ]\r\nwidth = 6\rheight=\t4\n channels =2 # two\n;x\n\n[conv]\n"
    text += b"filters=3\nfilters=9\nsize=1\nsomething_new = a,b\n[avg]\n[dropout]\nprobability=.25\n"
    nodes = opened(written(tmp_path, text)).network.nodes
    assert nodes["conv0"].layer == Conv2d(3, 1)
    assert nodes["dropout2"].layer.share == 0.25
    renamed = tmp_path / "net.txt"
    renamed.write_bytes(text)
    assert opened(renamed).network.nodes == nodes  # the first bytes tell what it is


# What strangers may send


WRONG = {
    "empty": ("", "has no sections"),
    "no net": ("[convolutional]\nfilters=3\n", "begins with [convolutional], not with [net]"),
    "another program's": ("[DEFAULT]\nname=x\n", "begins with [default]"),
    "json": ('{"a": 1}', "in place of [net]"),
    "only net": (TINY, "has no layers"),
    "no size": ("[net]\nwidth=6\n[conv]\n", "channels is “0”"),
    "no setting": (TINY + "[conv]\nfilters 3\n", "line 6 “filters3” in place of"),
    "large": (TINY + "[conv]\nfilters=1000001\n", "“1000001”, not a whole number from 1 to 1,000,000"),
    "endless": (TINY + f"[conv]\nfilters={'9' * 5000}\n", "filters is “999"),
    "other digits": (TINY + "[conv]\nfilters=٣\n", "filters is “٣”"),
    "negative": (TINY + "[conv]\nfilters=-3\n", "filters is “-3”"),
    "half": (TINY + "[conv]\nfilters=3.5\n", "filters is “3.5”"),
    "more than a layer has": (TINY + "[conv]\nfilters=100000\n", "Conv2d's channels must be"),
    "zero": (TINY + "[conv]\nstride=0\n", "stride is “0”"),
    "nan": (TINY + "[dropout]\nprobability=nan\n", "probability is “nan”, not a number"),
    "no share": (TINY + "[dropout]\nprobability=7\n", "must be a number from 0 to 1"),
    "groups": (TINY + "[conv]\nfilters=3\ngroups=2\n", "line 5 [convolutional]: 2 and 3 channels do not split"),
    "too wide": (TINY + "[conv]\nsize=9\nactivation=linear\n", "the 9-wide window does not fit"),
    "unknown": (TINY + "[lstm]\n", "line 5 [lstm]: such a layer is not known"),
    "a name of signs": (TINY + f"[\x1b[31m{'x' * 500}]\n", "such a layer is not known"),
    "activation": (TINY + "[conv]\nactivation=stair\n", "activation “stair” is not known here, only linear, leaky"),
    "ahead": (TINY + CONV + "[route]\nlayers=5\n", "takes layer 5, which is not among the 1 before it"),
    "itself": (TINY + CONV + "[route]\nlayers=1\n", "takes layer 1"),
    "before the first": (TINY + CONV + "[route]\nlayers=-2\n", "takes layer -2"),
    "nowhere": (TINY + CONV + "[route]\n", "does not say which layers"),
    "many": (TINY + CONV + f"[route]\nlayers={'-1,' * 101}\n", "layers has 101 values, at most 100"),
    "no layer": (TINY + CONV + "[route]\nlayers=a\n", "layers has “a” where whole numbers are due"),
    "sizes apart": (TINY + CONV + "[maxpool]\nstride=2\n[route]\nlayers=0,1\n", "needs equal height and width"),
    "group": (TINY + CONV + "[route]\nlayers=0\ngroups=2\n", "group 0 of 2 cannot be taken out of 3 channels"),
    "shortcut": (TINY + CONV + "[maxpool]\nstride=2\n[shortcut]\nfrom=0\n", "adds 3×4×6 to 3×2×3, but only channels"),
    "weighed": (TINY + CONV * 2 + "[shortcut]\nfrom=0\nweights_type=per_layer\n", "weighs what it adds"),
    "shared": (TINY + CONV + CONV + "share_index=0\n", "shares the weights of another layer"),
    "turned": (TINY + CONV + "flipped=1\n", "flipped=1 is not known here, only flipped=0"),
    "smaller": (TINY + "[upsample]\nstride=-2\n", "stride is “-2”"),
    "giant": (TINY + "[upsample]\nstride=1024\n" * 3, "one side is above 1,000,000"),
    "channels doubled": (TINY + "[route]\nlayers=-1\n" + "[route]\nlayers=-1,-1\n" * 40, "takes layer -1"),
    "growing": (TINY + CONV + "[route]\nlayers=-1,-1\n" * 40, "one side is above 1,000,000"),
    "reorg": (TINY + "[reorg]\nstride=2\n", "2 channels are not a multiple of 2² = 4"),
    "vector": (TINY + "[connected]\noutput=3\n[conv]\n", "needs an image"),
    "normed": (TINY + "[connected]\nbatch_normalize=1\n", "batch_normalize=1 is not known here"),
    "tree": (TINY + "[softmax]\ntree=data/9k.tree\n", "form a tree"),
    "anchors": (TINY + "[yolo]\nanchors=1,2,3\nnum=2\n", "num=2 anchors need 4 numbers, and there are 3"),
    "no anchors": (TINY + "[yolo]\n", "num=1 anchors need 2 numbers, and there are 0"),
    "mask": (TINY + "[yolo]\nanchors=1,2\nmask=0,1\n", "mask names anchors that are not among the 1 there are"),
    "map": (TINY + "[yolo]\nanchors=1,2\nclasses=3\n", "needs 1·(5 + 3) = 8 channels, got 2"),
    "no anchor": (TINY + "[yolo]\nanchors=0,2\nclasses=3\n", "Yolo's anchors must be up to 100 sizes like 10×13"),
    "nms": (TINY + "[yolo]\nanchors=1,2\nnms_kind=softnms\n", "nms_kind “softnms” is not known"),
    "newer": (TINY + "[yolo]\nanchors=1,2\nnew_coords=2\n", "new_coords is 2, and only 0 and 1 are known"),
    "no sigmoid": (
        TINY + CONV.replace("=3\n", "=18\n", 1) + "[yolo]\nanchors=1,2, 3,4\nnum=2\nclasses=4\nnew_coords=1\n",
        "write activation=logistic there and scale_x_y=2.0 here",
    ),
    "region of a vector": (TINY + "[connected]\n[region]\nanchors=1,2\n", "needs an image"),
    "sections": (TINY + "[dropout]\n" * 2000, "has 2,001 sections"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_text_is_refused(tmp_path: Path, name: str) -> None:
    text, words = WRONG[name]
    found = refused(written(tmp_path, text))
    assert words in found
    assert found.startswith("“net.cfg” ")
    assert "\x1b" not in found


def test_large_and_strange_files(tmp_path: Path) -> None:
    assert "far more than" in refused(written(tmp_path, TINY + CONV + "#" * LARGEST))
    assert "is no text" in refused(written(tmp_path, b"[net]\n\0\1\2"))
    (tmp_path / "folder.cfg").mkdir()
    assert "is a folder" in refused(tmp_path / "folder.cfg")
    assert "was not found" in refused(tmp_path / "none.cfg")


@pytest.fixture
def right(tmp_path: Path) -> Path:
    """A network of 57 numbers and its weights."""
    return written(tmp_path, TINY + CONV, np.arange(57))


def test_weights_that_do_not_fit(right: Path) -> None:
    assert opened(right).weights
    weights = right.with_suffix(".weights")
    whole = weights.read_bytes()
    for data, words in {
        whole[:-4]: "has 56 of the 57 numbers its .cfg asks for: it ends in layer 0",
        whole + b"\0" * 8: "has 2 numbers more than the 57 numbers",
        whole + b"\0": "has 1 bytes more than",
        whole[:19]: "is too short",
        whole[:10]: "is too short",
        b"": "is too short",
        b"\xff" * len(whole): "does not begin with a version",
        b"\x89PNG\r\n\x1a\n" + whole: "does not begin with a version",
    }.items():
        put(weights, data)
        assert words in refused(right)
        assert words in refused(weights)
    for end in range(len(whole)):
        put(weights, whole[:end])
        refused(right)


def test_two_files_and_one(right: Path) -> None:
    weights = right.with_suffix(".weights")
    assert opened(weights) == opened(right)
    right.rename(right.with_name("other.cfg"))
    assert "put net.cfg, which says what its numbers are, into the same folder" in refused(weights)
    assert "no file of weights beside it" in opened(right.with_name("other.cfg")).origin
    weights.unlink()
    weights.mkdir()
    right.with_name("other.cfg").rename(right)
    assert "is a folder" in refused(right)


def test_a_name_too_long_for_weights_beside_it(tmp_path: Path) -> None:
    cfg = tmp_path / ("n" * 250 + ".cfg")
    cfg.write_text(TINY + CONV)
    assert "no file of weights beside it" in opened(cfg).origin


def test_a_network_trained_on_letterboxed_pictures(tmp_path: Path) -> None:
    head = "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n[yolo]\nanchors=1,2\nclasses=1\n"
    plain = opened(written(tmp_path / "plain", TINY + head))
    assert plain.recipe.padding == ""
    boxed = opened(written(tmp_path / "boxed", TINY + "letter_box=1\n" + head))
    assert boxed.recipe == replace(plain.recipe, padding="letterbox")


def test_names_of_classes(tmp_path: Path) -> None:
    head = "[conv]\nfilters=16\n[yolo]\nanchors=1,2,3,4\nnum=2\nclasses=3\n"
    cfg = written(tmp_path, TINY + head)
    assert opened(cfg).recipe.labels == ()
    (tmp_path / "coco.names").write_text("one\ntwo\n")
    assert opened(cfg).recipe.labels == ()  # of another network
    (tmp_path / "net.names").write_bytes(b"cat \r\ndog\r\n\r\n<b>bird\r\n")
    assert opened(cfg).recipe.labels == ("cat", "dog", "<b>bird")
    assert "net.names" in opened(cfg).origin


def test_the_window_offers_what_can_be_read() -> None:
    assert {ending for endings in FOREIGN.values() for ending in endings} | {SUFFIX} == {
        ending for reader in READERS for ending in reader.endings
    }


NAMES = ("net", "convolutional", "maxpool", "avgpool", "route", "shortcut", "upsample", "reorg", "dropout", "softmax",
         "yolo", "region", "connected", "cost", "crop", "\0", "x")  # fmt: skip
KEYS = (
    "filters", "size", "stride", "pad", "padding", "groups", "group_id", "batch_normalize", "activation", "layers",
    "from", "anchors", "mask", "num", "classes", "width", "height", "channels", "output", "probability",
)  # fmt: skip
VALUES = st.one_of(
    st.integers(-3, 6).map(str),
    st.lists(st.integers(-5, 5), max_size=4).map(lambda numbers: ",".join(map(str, numbers))),
    st.sampled_from(["leaky", "linear", "mish", "1e9", "-1", "999999", "1000000", "65536", ".5", "", "=", "[", "٣"]),
    st.text(max_size=8),
)
SECTION = st.tuples(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SECTION, max_size=12), st.binary(max_size=300) | st.none(), st.booleans())
def test_any_text_is_a_network_or_refused(tmp_path: Path, sections, weights: bytes | None, sound: bool) -> None:
    text = TINY if sound else ""
    text += "".join(f"[{name}]\n" + "".join(f"{k}={v}\n" for k, v in values.items()) for name, values in sections)
    cfg = written(tmp_path, text.encode("utf-8", "replace"))
    beside = cfg.with_suffix(".weights")
    beside.unlink(missing_ok=True)
    if weights is not None:
        beside.write_bytes(struct.pack("<3iQ", 0, 2, 5, 0) + weights)
    try:
        project = opened(cfg)
    except Refusal:
        refused(cfg)
    else:
        assert not faulty(analyse(project.network))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_text_is_a_network_or_refused(tmp_path: Path, data) -> None:
    text = bytearray(texts.yolov4_tiny().encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    cfg = written(tmp_path, bytes(text))
    try:
        opened(cfg)
    except Refusal:
        refused(cfg)
