"""How the file of a trained network becomes our network and its numbers. torch is imported when one is read."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from explorer.classics.edges import hed, trunk
from explorer.classics.faces import mtcnn
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse
from explorer.network.layer import Shape
from explorer.network.network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from explorer.engine.weights import Tensors

Read = tuple[Network, "Tensors", tuple[str, ...]]
"""A network, its numbers by `node id.parameter`, and what its outputs are called."""

BUILT_WITH: dict[str, dict[str, Any]] = {name: {"init_weights": False} for name in ("googlenet", "inception_v3")}
"""Inception networks draw their first weights slowly."""
OLD_DENSE = re.compile(r"(.*denselayer\d+\.(?:norm|conv))\.([12]\..*)")
"""How DenseNet's numbers were called when they were published: norm.1.weight for today's norm1.weight."""
MTCNN_BYTES = 2_000_000
"""More than O-Net's file holds, the largest."""


class ReadingError(Refusal):
    """A file does not hold the numbers it should."""


class Trained(Protocol):
    """Knows what a file holds."""

    def read(self, *files: bytes) -> Read:
        """From the bytes of the entry's files, whose SHA-256 was checked. Raises ReadingError."""


@dataclass(frozen=True)
class Torchvision:
    """Numbers of one of torchvision's networks, as torch saves them. weights: their name in torchvision;
    side: of the picture, in pixels; end: the node to end in, "" for all."""

    architecture: str
    weights: str
    side: int
    end: str = ""

    def read(self, *files: bytes) -> Read:
        import torch
        from torchvision.models import get_model_weights

        from explorer.engine.trace import trace, weights

        state = torch.load(io.BytesIO(*files), map_location="cpu", weights_only=True)
        module = built(self.architecture, self.side)
        try:
            _rename(state)
            module.load_state_dict(state, strict=True, assign=True)
        except (RuntimeError, ValueError, TypeError, AttributeError) as error:
            raise ReadingError(f"The file of {self.architecture} does not hold its numbers: get it again.") from error
        network = trace(module, (3, self.side, self.side))
        if self.end:
            kept = network.before([self.end])
            network = Network({id: node for id, node in network.nodes.items() if id in kept})
        labels = get_model_weights(self.architecture)[self.weights].meta["categories"]
        return network, weights(module, network), tuple(labels or ())


@dataclass(frozen=True)
class TorchvisionDetector:
    """Numbers of one of torchvision's detectors, as torch saves them. weights: their name in torchvision; sharp:
    whether torchvision takes their normalisation's ε away, where it does so for this detector."""

    architecture: str
    weights: str
    sharp: bool = True

    def read(self, *files: bytes) -> Read:
        import torch
        from torchvision.models import get_model_weights

        from explorer.engine import torchvision_detectors as detectors

        state = torch.load(io.BytesIO(*files), map_location="cpu", weights_only=True)
        module = detectors.built(self.architecture, self.sharp)
        try:
            detectors.load(module, state)
        except detectors.NoDetector as error:
            raise ReadingError(f"The file of {self.architecture} does not hold its numbers: get it again.") from error
        network = detectors.network_of(module)
        labels = get_model_weights(self.architecture)[self.weights].meta["categories"]
        return network, detectors.numbers(module, network), tuple(labels)


@dataclass(frozen=True)
class Ours:
    """A network written in our layers, its numbers in a safetensors file under the names of its nodes."""

    build: Callable[[], Network]
    labels: tuple[str, ...]

    def read(self, *files: bytes) -> Read:
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            return self.build(), load(*files), self.labels
        except SafetensorError as error:
            raise ReadingError(
                "The file of this model does not hold its numbers: install the program again."
            ) from error


@dataclass(frozen=True)
class Hed:
    """Edges, or only the trunk, from a weights file of Keras 3: kernels of (height, width, inputs, outputs).

    The network was trained on blue, green, red; the first kernels are turned round to take red, green, blue.
    """

    side: int
    only_trunk: bool = False

    def read(self, *files: bytes) -> Read:
        import h5py
        import numpy as np

        network = (trunk if self.only_trunk else hed)(self.side)
        tensors = {}
        try:
            with h5py.File(io.BytesIO(*files), "r") as file:
                convolutions = (id for id, node in network.nodes.items() if isinstance(node.layer, Conv2d))
                for id, place in zip(convolutions, PLACES, strict=False):
                    kernel, bias = (np.asarray(file[f"{place}/vars/{i}"], np.float32) for i in (0, 1))
                    tensors[f"{id}.weight"] = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
                    tensors[f"{id}.bias"] = bias
        except (OSError, KeyError, ValueError) as error:
            raise ReadingError("The file of HED does not hold its numbers: get it again.") from error
        first = "features.0.weight"
        tensors[first] = np.ascontiguousarray(tensors[first][:, ::-1])
        return network, tensors, ()


@dataclass(frozen=True)
class Darknet:
    """A detector of Darknet's: its weights, and the text that says what they belong to."""

    labels: tuple[str, ...]

    def read(self, *files: bytes) -> Read:
        from explorer.formats.darknet.reading import assembled
        from explorer.formats.darknet.sections import Fault
        from explorer.formats.darknet.weights import taken

        weights, text = files
        try:
            found = assembled(text)
            return found.network, taken(io.BytesIO(weights), len(weights), found.weights).tensors, self.labels
        except Fault as fault:
            raise ReadingError(f"The files of this detector do not belong together: it {fault}.") from fault


@dataclass(frozen=True)
class Mtcnn:
    """The three networks of MTCNN, from a file each with a list of arrays as TensorFlow has them."""

    labels: tuple[str, ...]

    def read(self, *files: bytes) -> Read:
        from explorer.formats.joblib_arrays import arrays
        from explorer.formats.lz4_frames import unpacked

        network = mtcnn()
        facts, tensors = analyse(network), {}
        try:
            for part, file in zip(("pnet.", "rnet.", "onet."), files, strict=True):
                shapes = {
                    (node, name): shape
                    for node in network.nodes.values()
                    if node.id.startswith(part) and node.layer.inputs
                    for name, shape in node.layer.tensors(*(facts[i].shape for i in node.inputs)).items()
                }
                theirs = [(*shape[2:], *shape[1::-1]) for shape in shapes.values()]
                found = arrays(unpacked(file, MTCNN_BYTES), theirs)
                for (node, name), values in zip(shapes, found, strict=True):
                    before = network.nodes[node.inputs[0]]
                    flat = facts[before.inputs[0]].shape if isinstance(before.layer, Flatten) else None
                    tensors[f"{node.id}.{name}"] = _ours(values, flat)
        except ValueError as error:
            raise ReadingError("The files of MTCNN do not hold its numbers: get it again.") from error
        return network, tensors, self.labels


def _ours(values: NDArray[np.float32], flat: Shape | None) -> NDArray[np.float32]:
    """TensorFlow's kernels (height, width, inputs, outputs) and matrices (inputs, outputs) as torch has them.

    flat: the shape of the image whose numbers are the inputs, which lie there by column, row and channel.
    """
    import numpy as np

    if values.ndim == 2 and flat:
        values = values.reshape(*flat[::-1], -1).transpose(3, 2, 1, 0).reshape(values.shape[1], -1)
    else:
        values = values.transpose({1: (0,), 2: (1, 0), 4: (3, 2, 0, 1)}[values.ndim])
    return np.ascontiguousarray(values)


PLACES = (
    *(f"block{block}/layers/conv2d{f'_{n}' * bool(n)}" for block in range(1, 6) for n in range(2 if block < 3 else 3)),
    *(f"dsn{number}" for number in range(1, 6)),
    "fuse",
)
"""Where the convolutions lie in HED's file, in the order of our nodes."""


def built(name: str, side: int = 0) -> nn.Module:
    """torchvision's module with shapes only, on the meta device: no number is drawn or kept.

    side: of the pictures its weights were trained on; ViT's place embedding is as large as they are.
    """
    from torchvision.models import get_model

    from explorer.engine.weights import Weightless

    settings = {"image_size": side} if side and name.startswith("vit_") else BUILT_WITH.get(name, {})
    with Weightless():
        module: nn.Module = get_model(name, weights=None, **settings)
    return module.eval()


def _rename(state: Any) -> None:
    """Give old names their new form, in place: what torch noted beside them stays."""
    for name in list(state if isinstance(state, Mapping) else ()):
        if old := OLD_DENSE.fullmatch(name):
            state[old[1] + old[2]] = state.pop(name)
