"""Which node lies above which: the order to draw in, without the link that closes a loop, and the longest paths.

The first two steps of the layered method, see `layout`: taking cycles out, and longest-path ranks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from explorer.network.network import Network


def forward(network: Network) -> dict[str, list[str]]:
    """Nodes in drawing order, each with its different inputs; of a loop, the link that closes it is left out."""
    placed = {node.id: list(dict.fromkeys(node.inputs)) for node in network.order}
    looped = [node for node in network.nodes.values() if node.id not in placed]
    waiting = {node.id: sum(i not in placed for i in node.inputs) for node in looped}
    ready: deque[str] = deque()
    rest = iter(waiting)
    stuck = ""
    while len(placed) < len(network.nodes):
        if not ready:
            while not stuck or stuck in placed:
                stuck = next(rest)
            ready.append(_entry(network, stuck, placed))
        id = ready.popleft()
        placed[id] = [i for i in dict.fromkeys(network.nodes[id].inputs) if i in placed]
        for user in network.users[id]:
            waiting[user] -= 1
            if waiting[user] == 0 and user not in placed:
                ready.append(user)
    return placed


def ranks(above: Mapping[str, list[str]]) -> dict[str, int]:
    """How many links the longest path to each node of `forward` has."""
    rank: dict[str, int] = {}
    for id, inputs in above.items():
        rank[id] = max([rank[i] + 1 for i in inputs], default=0)
    return rank


def _entry(network: Network, id: str, placed: Mapping[str, object]) -> str:
    """Where to cut the loop that `id` is on or behind: best where the rest of the network enters it."""
    way: dict[str, None] = {}
    while id not in way:
        way[id] = None
        id = next(i for i in network.nodes[id].inputs if i not in placed)
    loop = list(way)[list(way).index(id) :]
    return next((i for i in loop if any(j in placed for j in network.nodes[i].inputs)), id)
