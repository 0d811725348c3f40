"""The large YOLOv4 networks: sizes as they were published, and a narrow one run against a plain reading of its text."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.answers import answer
from explorer.engine.opening import open_file
from explorer.engine.program import Program
from explorer.engine.questions import Detect, Pixels
from explorer.formats import tensors
from explorer.formats.darknet.reading import assembled
from explorer.layers.detection import Yolo
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse, faulty, totals
from explorer.network.project import Project
from tests import yolov4_networks as texts

HEADER = 20
"""Bytes of a weights file before its numbers."""


@pytest.mark.parametrize(
    ("name", "parameters", "megabytes", "work"),
    [
        # parameters as PyTorch counts them; weights and operations as their authors tell them beside the files
        ("yolov4", 64_363_101, 245, {416: 60.1, 512: 91.1, 608: 128.5}),
        ("yolov4_csp", None, 202, {512: 77, 640: 120}),
        ("yolov4x_mish", None, 381, {640: 221}),
    ],
)
def test_sizes_are_those_published(name: str, parameters: int | None, megabytes: int, work: dict[int, float]) -> None:
    for side, billions in work.items():
        found = assembled(getattr(texts, name)(side).encode())
        facts = analyse(found.network)
        assert not faulty(facts)
        size = 4 * sum(tensor.count for tensor in found.weights) + HEADER
        assert size / 2**20 == pytest.approx(megabytes, abs=0.8)  # told in whole ones, some of them cut off
        macs = sum(facts[id].macs for id, node in found.nodes.items() if isinstance(node.layer, Conv2d))
        assert 2 * macs / 1e9 == pytest.approx(billions, rel=0.005)
        heads = [id for id, node in found.nodes.items() if isinstance(node.layer, Yolo)]
        assert [found.shapes[id] for id in heads] == [(255, side // part, side // part) for part in (8, 16, 32)]
    if parameters is not None:
        assert totals(facts).parameters == parameters
        assert size == 257_717_640


def test_heads_of_the_scaled_ones() -> None:
    found = assembled(texts.yolov4_csp().encode())
    heads = [node.layer for node in found.nodes.values() if isinstance(node.layer, Yolo)]
    sizes = ((12, 16), (19, 36), (40, 28)), ((36, 75), (76, 55), (72, 146)), ((142, 110), (192, 243), (459, 401))
    assert heads == [Yolo(of, 80, "sigmoid", 2.0, "DIoU", "square", 0.6) for of in sizes]
    assert found.letterbox
    plain = assembled(texts.yolov4().encode())
    heads = [node.layer for node in plain.nodes.values() if isinstance(node.layer, Yolo)]
    assert [(head.reach, head.growth, head.beta) for head in heads] == [
        (1.2, "exp", 0.6),
        (1.1, "exp", 0.6),
        (1.05, "exp", 0.6),
    ]


@pytest.mark.parametrize("pairs", [2, 3])
def test_a_narrow_one_computes_what_its_text_says(tmp_path: Path, pairs: int) -> None:
    """All of its parts: mish, two ways through each stage, pooled surroundings, scales joined, the boxes' way."""
    text = texts.scaled(64, (4, 8, 8, 16, 16, 32), (1, 1, 2, 1, 1), pairs, 3)
    found = assembled(text.encode())
    random = np.random.default_rng(pairs)
    numbers = [_drawn(tensor.name, tensor.shape, random) for tensor in found.weights]
    (tmp_path / "net.cfg").write_text(text)
    values = np.concatenate([value.ravel() for value in numbers]).astype("<f4")
    (tmp_path / "net.weights").write_bytes(struct.pack("<iiiQ", 0, 2, 5, 0) + values.tobytes())
    *_, project = open_file(tmp_path / "net.cfg")
    assert isinstance(project, Project)
    picture = random.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    x = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    expected = _plainly(text, iter(values), x)
    program = Program(project.network, tensors.read(project.weights))
    heads = [node for node in project.network.nodes.values() if isinstance(node.layer, Yolo)]
    given = program.values(x, [head.inputs[0] for head in heads])
    boxes = []
    for head, (settings, sure) in zip(heads, expected, strict=True):
        torch.testing.assert_close(given[head.inputs[0]], sure, atol=1e-4, rtol=1e-4)
        boxes += list(_boxes(settings, sure[0].double().numpy()))
    boxes.sort(reverse=True)
    least = (boxes[99][0] + boxes[100][0]) / 2
    *_, prediction = answer(Detect(project, Pixels(picture), count=10_000, least=least, overlap=1.0))
    likely = boxes[:100]
    assert len(prediction.top) == pytest.approx(len(likely), abs=1)  # one may lie at the very edge
    for guess, (score, kind, *box) in zip(prediction.top, likely, strict=False):
        assert guess.probability == pytest.approx(score, abs=1e-4)
        if guess.index == kind:  # of scores that are equal to the fifth digit either may be first
            assert guess.box == pytest.approx(box, abs=0.02)


def _drawn(name: str, shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Numbers with which values stay near 1 from layer to layer."""
    if name.endswith("running_var"):
        return random.uniform(0.8, 1.2, shape)
    if len(shape) == 4:
        return random.normal(0, (1.5 / np.prod(shape[1:])) ** 0.5, shape)
    return random.normal(1 if name.endswith(".weight") else 0, 0.1, shape)


def _sections(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for part in text.split("[")[1:]:
        kind, _, rest = part.partition("]")
        yield kind, dict(line.replace(" ", "").split("=", 1) for line in rest.strip().splitlines())


def _plainly(text: str, numbers: Iterator[float], x: Tensor) -> list[tuple[dict[str, str], Tensor]]:
    """What enters each head, by reading the text from top to bottom."""

    def taken(*shape: int) -> Tensor:
        return torch.tensor([next(numbers) for _ in range(int(np.prod(shape)))]).reshape(shape)

    outputs: list[Tensor] = []
    heads = []
    for kind, settings in list(_sections(text))[1:]:
        if kind == "convolutional":
            filters, size, stride = (int(settings[key]) for key in ("filters", "size", "stride"))
            bias = taken(filters)
            if "batch_normalize" in settings:
                scale, mean, variance = taken(filters), taken(filters), taken(filters)
                x = F.conv2d(x, taken(filters, x.shape[1], size, size), None, stride, size // 2)
                x = F.batch_norm(x, mean, variance, scale, bias, eps=1e-5)
            else:
                x = F.conv2d(x, taken(filters, x.shape[1], size, size), bias, stride, size // 2)
            x = {"mish": F.mish, "logistic": torch.sigmoid}[settings["activation"]](x)
        elif kind == "shortcut":
            x = x + outputs[int(settings["from"])]
        elif kind == "route":
            at = [int(number) for number in settings["layers"].split(",")]
            x = torch.cat([outputs[number] for number in at], 1)
        elif kind == "maxpool":
            x = F.max_pool2d(x, int(settings["size"]), 1, int(settings["size"]) // 2)
        elif kind == "upsample":
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        else:
            heads.append((settings, x))
        outputs.append(x)
    assert next(numbers, None) is None
    return heads


def _boxes(settings: dict[str, str], sure: np.ndarray) -> Iterator[tuple[float, ...]]:
    """Score, class and corners of every box of a head, for a picture of 64 × 64."""
    anchors = np.array(settings["anchors"].split(","), float).reshape(-1, 2)
    _, high, wide = sure.shape
    reach = float(settings["scale_x_y"])
    for place, anchor in enumerate(settings["mask"].split(",")):
        p_w, p_h = anchors[int(anchor)]
        for row in range(high):
            for column in range(wide):
                x, y, w, h, there, *what = sure[8 * place : 8 * place + 8, row, column]
                middle = (
                    (column + reach * x - (reach - 1) / 2) / wide * 64,
                    (row + reach * y - (reach - 1) / 2) / high * 64,
                )
                size = p_w * (2 * w) ** 2, p_h * (2 * h) ** 2
                corners = [m + way * s / 2 for way in (-1, 1) for m, s in zip(middle, size, strict=True)]
                for kind, chance in enumerate(what):
                    yield (there * chance, kind, *corners)
