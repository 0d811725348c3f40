"""What further Inputs of a network are fed, as values; and what follows from these alone, computed once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from explorer.formats.pictures import decode_bytes
from explorer.formats.recipes import to_input
from explorer.layers.dense import Input
from explorer.maths.sentences import Refusal
from explorer.network.analysis import Facts
from explorer.network.fed import Fed, Still
from explorer.network.network import Network
from explorer.network.project import Project, Recipe


class FeedingError(Refusal):
    """What an Input is fed does not fit it; the message names it."""


@dataclass(frozen=True)
class Feeding:
    """values: (1, C, H, W) by Input. steady: of nodes that nothing but these Inputs leads to, as far as computed."""

    fed: Mapping[str, Fed] = field(default_factory=dict)
    recipe: Recipe = field(default_factory=Recipe)
    values: Mapping[str, Tensor] = field(default_factory=dict)
    steady: dict[str, Tensor] = field(default_factory=dict)

    def anew(self) -> Feeding:
        """The same, where what follows from it may be something else by now."""
        return replace(self, steady={})

    def entry(self, inputs: Collection[str]) -> list[str]:
        """Of these Inputs, those that a picture may enter: the ones that are fed nothing, else the first."""
        return [id for id in inputs if id not in self.values] or list(inputs)[:1]


def feeding_of(project: Project, facts: Mapping[str, Facts], device: torch.device) -> Feeding:
    """What a project feeds its Inputs. Raises FeedingError, PictureError."""
    found = {}
    for id, fed in project.fed.items():
        node, fact = project.network.nodes.get(id), facts.get(id)
        if node is not None and isinstance(node.layer, Input) and fact is not None and fact.shape:
            found[id] = _value(id, fed, (fact.shape[0], fact.shape[1], fact.shape[2]), project.recipe).to(device)
    return Feeding(project.fed, project.recipe, found)


def _value(id: str, fed: Fed, shape: tuple[int, int, int], recipe: Recipe) -> Tensor:
    if isinstance(fed, Still):
        cut = recipe if recipe.crop or recipe.padding else replace(recipe, crop=1.0)
        return torch.from_numpy(to_input(decode_bytes(fed.png, fed.name).pixels, cut, shape)).unsqueeze(0)
    if len(fed.values) != shape[0]:
        raise FeedingError(
            f"{id} has {shape[0]:,} channels and is fed {len(fed.values):,} numbers: select it, and feed it anew."
        )
    return torch.tensor(fed.values, dtype=torch.float32).reshape(1, -1, 1, 1).expand(1, *shape).contiguous()


def frontier(network: Network, needed: Collection[str], entry: str, wanted: Collection[str]) -> frozenset[str]:
    """Of the needed nodes, those that no picture reaches through the Input `entry`, and that others look at, or are
    wanted."""
    still = set(needed) - network.behind([entry]) - {entry}
    used = {source for id in set(needed) - still for source in network.nodes[id].inputs}
    return frozenset(still & (used | set(wanted)))
