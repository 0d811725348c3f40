"""Cards coloured by what their layers cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.network.analysis import Facts
from explorer.network.conventions import Conventions
from explorer.network.cost import MEASURES, Measure, Scale, costs, in_unit
from explorer.network.direction import CARD
from explorer.network.folding import Folding
from explorer.ui.controls.words import cost_in_brief, cost_in_words
from explorer.workspace.document import Document

ROOM = CARD[0] - 10
"""How long the bar of everything is, scene units."""
LEVELS = 24
"""Shades between nothing and the most: few enough that a small edit leaves most cards as they are."""


@dataclass(frozen=True)
class Figure:
    """What a card shows of a cost: its value, its shade (of LEVELS), and its share of all as a bar, scene units."""

    measure: Measure
    value: int
    shade: int
    bar: int

    @property
    def brief(self) -> str:
        return cost_in_brief(self.measure, self.value)

    @property
    def spoken(self) -> str:
        return cost_in_words(self.measure, self.value)


class Coloured:
    """What may have a figure, and is as dark as that says."""

    figure: Figure | None

    @property
    def shade(self) -> int:
        """How much it costs, of LEVELS."""
        return self.figure.shade if self.figure else 0

    @property
    def bar(self) -> int:
        """Its share of what all cost, scene units."""
        return self.figure.bar if self.figure else 0


class Colouring:
    """The figures of all cards by one measure; without a measure there are none."""

    def __init__(self) -> None:
        self.measure: Measure | None = None
        self.scale: Scale | None = None
        self.figures: dict[str, Figure] = {}

    def choose(self, name: str) -> None:
        """Take another measure, "" for none; `follow` then finds the figures."""
        self.measure = next((measure for measure in MEASURES if measure == name), None)

    def follow(self, document: Document, folding: Folding, conventions: Conventions) -> set[str]:
        """Find the figures again; ids of the cards whose figure is another one now."""
        if self.measure is None and not self.figures:
            return set()
        before, self.figures, self.scale = self.figures, {}, None
        if self.measure is not None:
            measure = in_unit(self.measure, conventions)
            self._find(folding, conventions.counted(document.facts), measure)
        return {id for id in before.keys() | self.figures.keys() if before.get(id) != self.figures.get(id)}

    def _find(self, folding: Folding, facts: Mapping[str, Facts], measure: Measure) -> None:
        """A group costs what is in it costs together; of receptive fields it has the largest."""
        together = max if measure == "receptive field" else sum
        each = costs(folding.network, facts, measure)
        values = {id: together([each[node] for node in folding.nodes((id,))]) for id in folding.drawn.nodes}
        self.scale = scale = Scale.of(measure, values.values())
        for id, value in values.items():
            if any(facts[node].shape is not None for node in folding.nodes((id,))):
                shade, share = round(LEVELS * scale.level(value)), scale.share(value)
                self.figures[id] = Figure(measure, value, shade, round(share * ROOM))
