"""Time of the automatic layout beside peers: one JSON line, milliseconds, best of several runs.

networkx has a layered layout without ordering or routes, igraph Sugiyama's with ordering; null where
they are not installed. `one` is the routes of a single node's links, as while it is dragged.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add
from explorer.layers.norms import BatchNorm2d
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d, MaxPool2d
from explorer.network.layer import Layer
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.routes import routes

RUNS = 5


def residual(blocks: tuple[int, ...]) -> Network:
    """A bottleneck residual network; (3, 8, 36, 3) is ResNet-152. Blocks go by the paths torchvision gives them."""
    nodes: dict[str, Node] = {}
    path = ""

    def add(layer: Layer, *inputs: str) -> str:
        id = f"{path}{layer.kind.lower()}{len(nodes)}"
        nodes[id] = Node(id, layer, inputs)
        return id

    def conv(x: str, channels: int, kernel: int = 1, stride: int = 1) -> str:
        layer = Conv2d(channels, kernel=kernel, stride=stride, padding=kernel // 2, bias=False)
        return add(BatchNorm2d(), add(layer, x))

    x = add(MaxPool2d(kernel=3, stride=2, padding=1), add(ReLU(), conv(add(Input()), 64, 7, 2)))
    for stage, count in enumerate(blocks):
        for block in range(count):
            path = f"layer{stage + 1}.{block}."
            width, stride = 64 << stage, 1 + (block == 0 < stage)
            y = add(ReLU(), conv(add(ReLU(), conv(x, width)), width, 3, stride))
            y = conv(y, 4 * width)
            x = add(ReLU(), add(Add(), y, conv(x, 4 * width, 1, stride) if block == 0 else x))
    path = ""
    add(Linear(), add(Flatten(), add(AdaptiveAvgPool2d(), x)))
    return Network(nodes)


def fastest(work: Callable[[], object]) -> float:
    """Milliseconds of the quickest of several runs."""
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return round(min(times) * 1000, 2)


def by_networkx(network: Network) -> float | None:
    """Its layers by topological generation, then its multipartite layout."""
    if not find_spec("networkx"):
        return None
    networkx = import_module("networkx")
    graph = networkx.DiGraph([(i, n.id) for n in network.nodes.values() for i in n.inputs])

    def lay_out() -> object:
        for layer, ids in enumerate(networkx.topological_generations(graph)):
            for id in ids:
                graph.nodes[id]["layer"] = layer
        return networkx.multipartite_layout(graph, subset_key="layer", align="horizontal")

    return fastest(lay_out)


def by_igraph(network: Network) -> float | None:
    """Its Sugiyama layout, which finds the layers itself."""
    if not find_spec("igraph"):
        return None
    number = {id: i for i, id in enumerate(network.nodes)}
    links = [(number[i], number[n.id]) for n in network.nodes.values() for i in n.inputs]
    graph = import_module("igraph").Graph(len(number), links, directed=True)
    return fastest(graph.layout_sugiyama)


def measured(network: Network) -> dict[str, float | None]:
    """All figures of one network."""
    places = arranged(network)
    middle = list(network.nodes)[len(network.nodes) // 2]
    return {
        "nodes": len(network.nodes),
        "links": len(routes(network, places)),
        "arranged_ms": fastest(lambda: arranged(network)),
        "routes_ms": fastest(lambda: routes(network, places)),
        "one_ms": fastest(lambda: routes(network, places, {middle})),
        "networkx_ms": by_networkx(network),
        "igraph_ms": by_igraph(network),
    }


if __name__ == "__main__":
    sizes = {"resnet152": (3, 8, 36, 3), "nodes1000": (5, 20, 64, 10), "nodes3000": (10, 60, 200, 30)}
    print(json.dumps({"layout": {name: measured(residual(blocks)) for name, blocks in sizes.items()}}))
