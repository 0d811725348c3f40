"""A network as it sees pictures of one size, up to the layers that are compared: whole, or in tiles."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.engine.octaves import Size, program_at
from explorer.engine.program import Program, ProgramError
from explorer.engine.sloped import Sloped
from explorer.engine.style_costs import paired
from explorer.engine.style_pictures import luminance
from explorer.engine.style_tiles import Tile, tiles, whole
from explorer.engine.way_back import Way, each
from explorer.formats.recipes import per_channel
from explorer.maths.records import Progress
from explorer.maths.steps import at_once, saying
from explorer.network.project import Project
from explorer.probes.style import Style


@dataclass(frozen=True, eq=False)
class Part:
    """A tile of the picture, and the network as it sees that."""

    tile: Tile
    network: Sloped


class Seen:
    """other: the same for pictures of another size, which computes with the same weights and has them laid out already.

    Raises ProgramError where the network does not take pictures of this size, CannotTile where not in tiles.
    """

    def __init__(
        self, project: Project, program: Program, wanted: Sequence[str], size: Size, settings: Style,
        other: Seen | None = None,
    ) -> None:  # fmt: skip
        own = _at(project, program, wanted, size)
        self.parts: list[Part] = []
        self.size, self.device, self._facts = size, own.device, own.facts
        entry = own.entry(wanted)
        self.channels = (own.facts[entry].shape or (0,))[0]
        if self.channels not in (1, 3):
            raise ProgramError(f"The network takes {self.channels} channels: a picture has 3 colours, or 1 grey.")
        self._mean, self._std = (
            torch.from_numpy(per_channel(of, self.channels, what)).to(own.device)
            for of, what in ((project.recipe.mean, "means"), (project.recipe.std, "deviations"))
        )
        fast, beside = settings.precision == "fast", other.parts[0].network if other else None
        if not settings.tile or settings.tile >= max(size):
            self.parts.append(Part(whole(own.facts, wanted, size), Sloped(own, wanted, fast, beside)))
            return
        networks: dict[Size, Sloped] = {}
        for tile in tiles(own.network, own.facts, wanted, size, settings.tile):
            if tile.size not in networks:
                beside = next(iter(networks.values()), beside)
                networks[tile.size] = Sloped(_at(project, program, wanted, tile.size), wanted, fast, beside)
            self.parts.append(Part(tile, networks[tile.size]))

    def prepare(self) -> Iterator[None]:
        """Make the modules, with a breath behind each."""
        for part in self.parts:
            yield from part.network.prepare()

    def shape(self, id: str) -> Size:
        """Height and width of a layer's maps for the whole picture."""
        _, height, width = self._facts[id].shape or (0, 1, 1)
        return height, width

    def values(self, part: Part, x: Tensor, cut: bool = False) -> dict[str, Tensor]:
        """What the layers answer to one part of a picture (1, 3 or 1, H, W) from 0 to 1: (h, w, N), of each layer
        the places that are the part's own. cut: x is that part already."""
        return self.own(part, at_once(self.ahead(part, x, cut)))

    def ahead(
        self, part: Part, x: Tensor, cut: bool = False, way: Way | None = None
    ) -> Generator[None, None, dict[str, Tensor]]:
        """What the layers answer to one part of a picture, (1, N, h, w) with its margins, with a breath behind each
        layer of the network. way: learns how to go back."""
        if not cut:
            x = x[:, :, slice(*part.tile.rows), slice(*part.tile.columns)]
        return (yield from part.network.ahead(self._input(x), way))

    def own(self, part: Part, found: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Of what the layers answered the places that are the part's own, (h, w, N)."""
        spans = {id: [slice(*span) for span in part.tile.inside[id]] for id in found}
        return {id: value.squeeze(0)[:, *spans[id]].permute(1, 2, 0) for id, value in found.items()}

    def looked(self, part: Part, x: Tensor) -> dict[str, Tensor]:
        """`values` without a slope."""
        return at_once(self._look(part, x))

    def _look(self, part: Part, x: Tensor) -> Generator[None, None, dict[str, Tensor]]:
        return self.own(part, (yield from each(self.ahead(part, x.to(self.device)), slopes=False)))

    def maps(self, x: Tensor, wanted: Sequence[str]) -> Generator[Progress, None, dict[str, Tensor]]:
        """What some layers answer to a whole picture, (h, w, N) each."""
        found = {id: torch.empty(0) for id in wanted}
        for part in self.parts:
            values = yield from saying(self._look(part, x), Progress("Looking at the content"))
            for id in wanted:
                if not found[id].numel():
                    found[id] = torch.empty((*self.shape(id), values[id].shape[2]), device=self.device)
                rows, columns = (slice(*span) for span in part.tile.own[id])
                found[id][rows, columns] = values[id]
            yield Progress("Looking at the content")
        return found

    def grams(self, x: Tensor, wanted: Sequence[str]) -> Generator[Progress, None, dict[str, Tensor]]:
        """The Gram matrices G / M of some layers for a whole picture, (N, N) each."""
        found: dict[str, Tensor] = {}
        for part in self.parts:
            values = yield from saying(self._look(part, x), Progress("Looking at the style"))
            for id in wanted:
                height, width = self.shape(id)
                more = paired(values[id].flatten(0, 1)) / (height * width)
                found[id] = found[id] + more if id in found else more
            yield Progress("Looking at the style")
        return found

    def _input(self, x: Tensor) -> Tensor:
        """What the network gets of a picture."""
        if x.shape[1] != self.channels:
            x = x.expand(-1, 3, -1, -1) if self.channels == 3 else luminance(x)
        return (x - self._mean) / self._std


def _at(project: Project, program: Program, wanted: Sequence[str], size: Size) -> Program:
    own = program_at(project, program, wanted, size)
    if own is None:
        shape = program.facts[program.entry(wanted)].shape or (0, 0, 0)
        raise ProgramError(
            f"The network sees pictures of {shape[1]}×{shape[2]} only up to these layers: pick others, before the "
            "first fully connected one."
        )
    return own
