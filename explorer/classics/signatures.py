"""What the weights of every known network are called and how large they are, without building any of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from explorer.layers.norms import Scale
from explorer.layers.opaque import Opaque
from explorer.maths.resources import resources
from explorer.network.analysis import Facts, analyse
from explorer.network.layer import Shape
from explorer.network.network import Network

Signature = Mapping[str, Shape]
"""Shapes of a network's weights by `node id.parameter`, in the order of its nodes."""

FILE = "signatures.json.gz"


def signature(network: Network) -> dict[str, Shape]:
    """That of a network; layers with a problem have no weights."""
    facts = analyse(network)
    return {f"{id}.{name}": shape for id in network.nodes for name, shape in arrays(network, facts, id).items()}


def arrays(network: Network, facts: Mapping[str, Facts], id: str) -> dict[str, Shape]:
    """Shapes of one node's weights by their names in torch; none where it has a problem, or is not there."""
    if id not in network.nodes or facts[id].shape is None:
        return {}
    node = network.nodes[id]
    return node.layer.tensors(*(facts[i].shape for i in node.inputs))


def aliases(network: Network) -> dict[str, str]:
    """What weights of a network may be called in its state dict, where not as here.

    A Scale is one tensor of a module, without a module of its own; an Opaque layer may have taken any of them in.
    """
    found = {f"{id}.weight": id for id, node in network.nodes.items() if isinstance(node.layer, Scale)}
    for id, node in network.nodes.items():
        if isinstance(node.layer, Opaque):
            found |= {f"{id}.{tensor}": tensor for tensor in node.layer.operations.weights}
    return found


def known_aliases(name: str) -> Mapping[str, str]:
    """The aliases of a known network."""
    found: Mapping[str, str] = _file()["aliases"].get(name, {})
    return found


@lru_cache(maxsize=1)
def signatures() -> dict[str, Signature]:
    """Those of all known networks by name; of networks with equal ones the first only, see `twins`."""
    kinds = _file()["tensors"]
    return {
        name: {f"{id}.{tensor}": tuple(shape) for id, kind in nodes.items() for tensor, shape in kinds[kind].items()}
        for name, nodes in _file()["networks"].items()
    }


def twins(name: str) -> tuple[str, ...]:
    """Networks that weights cannot tell from this one: they differ in strides or the picture's size."""
    return tuple(_file()["twins"].get(name, ()))


def packed(networks: Iterable[tuple[str, Network]]) -> bytes:
    """The file, the same bytes for the same networks: what nodes have alike is written once."""
    kinds: list[dict[str, Shape]] = []
    written: dict[str, dict[str, int]] = {}
    twins: dict[str, list[str]] = {}
    called: dict[str, dict[str, str]] = {}
    known: dict[tuple[tuple[str, Shape], ...], str] = {}
    for name, network in networks:
        whole = signature(network)
        first = known.setdefault(tuple(sorted(whole.items())), name)
        if first != name:
            twins.setdefault(first, []).append(name)
            continue
        nodes: dict[str, dict[str, Shape]] = {}
        facts = analyse(network)
        for id in network.nodes:
            if tensors := arrays(network, facts, id):
                nodes[id] = tensors
        kinds += [kind for kind in nodes.values() if kind not in kinds]
        written[name] = {id: kinds.index(kind) for id, kind in nodes.items()}
        if found := aliases(network):
            called[name] = found
    content = {"tensors": kinds, "networks": written, "twins": twins, "aliases": called}
    text = json.dumps(content, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(gzip.decompress((resources() / "networks" / FILE).read_bytes()))
    return content
