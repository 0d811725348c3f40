"""The sizes a picture grows through, and the network as it sees pictures of these sizes.

Source: Mordvintsev et al. 2015, Inceptionism, where each size is called an octave.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from explorer.engine.probes import weights_of
from explorer.engine.program import Program
from explorer.layers.dense import Input
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from explorer.network.project import Project

LEAST = 32
"""Pixels of the shorter side of the smallest one, unless the largest has fewer."""

Size = tuple[int, int]
"""Height and width."""


class Growing(Protocol):
    """Settings that tell how a picture grows. size: pixels of the longer side in the end."""

    @property
    def size(self) -> int: ...
    @property
    def octaves(self) -> int: ...
    @property
    def growth(self) -> float: ...


def sizes(settings: Growing, whole: Size) -> tuple[Size, ...]:
    """From the smallest to the largest, one for each octave, in the shape of `whole`.

    whole: the size in the end where the settings have none.
    """
    longest = settings.size or max(whole)
    last = [max(1, round(longest * side / max(whole))) for side in whole]
    least = min(1.0, LEAST / min(last))
    scales = [max(settings.growth**-octave, least) for octave in reversed(range(settings.octaves))]
    return tuple((max(1, round(last[0] * scale)), max(1, round(last[1] * scale))) for scale in scales)


def part_at(program: Program, wanted: Collection[str], size: Size) -> Network:
    """The part of the network that leads to some nodes, for pictures of another size. Raises ProgramError."""
    entry, needed = program.entry(wanted), program.network.before(wanted)
    layer = program.network.nodes[entry].layer
    assert isinstance(layer, Input)
    part = {one.id: one for one in program.network.order if one.id in needed}
    part[entry] = Node(entry, replace(layer, height=size[0], width=size[1]))
    return Network(part)


def program_at(project: Project, program: Program, wanted: Collection[str], size: Size) -> Program | None:
    """A program of that part; None where it does not take pictures of this size.

    A layer that would need other weights for them, as a fully connected one behind the maps, does not.
    """
    part = part_at(program, wanted, size)
    if (program.facts[program.entry(wanted)].shape or ())[1:] == size:
        return program
    facts = analyse(part)
    fits = all(not fact.problem and fact.parameters == program.facts[id].parameters for id, fact in facts.items())
    if not fits:
        return None
    found = Program(part, weights_of(project.weights), str(program.device)).changed(program.factors)
    return found.fed(program.feeding.anew())
