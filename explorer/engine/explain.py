"""Explain one number of a feature map: which numbers it was computed from, and how."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import ReferenceType, ref

import torch
from torch import Tensor

from explorer.engine.explaining import inputs, moves, norms, points, windows
from explorer.engine.explaining.case import Account, Case, Rule, cube, index_of
from explorer.engine.probes import image_for, program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Explain
from explorer.layers.dense import Input
from explorer.layers.opaque import Opaque
from explorer.maths.explanations import Explanation, Step
from explorer.maths.records import Progress
from explorer.maths.worked import Worked


def _opaque(case: Case) -> Account:
    wholes = tuple(case.whole(port) for port in range(len(case.inputs)))
    return Account(wholes, (), "These tensor operations are not taken apart: here is all that enters them.")


RULES: dict[type, Rule] = {
    **windows.RULES,
    **points.RULES,
    **norms.RULES,
    **moves.RULES,
    Opaque: _opaque,
}
"""How a number of each layer kind is explained; an Input's has a rule of its own, for it comes from a picture."""


def _scaled(account: Account, factor: float) -> Account:
    """The same account where the channel is switched off or scaled: what the layer gives is not yet the number."""
    what = "scaled" if factor else "switched off"
    said = f"{account.said} This channel is {what}: what the layer gives is multiplied by f.".strip()
    if not account.steps:
        return Account(account.windows, (), said)
    last = account.steps[-1]
    output = Worked("f", factor) * Worked("y", last.worked)
    return Account(account.windows, (*account.steps[:-1], Step("y", last.worked), Step(last.name, output)), said)


_latest: list[tuple[ReferenceType[Program], Tensor, dict[str, Tensor]]] = []


def explain(question: Explain) -> Iterator[Progress | Explanation]:
    """Where one number comes from. Raises ProgramError."""
    place, network = question.place, question.project.network
    if place.node not in network.nodes:
        raise ProgramError(f"The network has no node “{place.node[:60]}” any more: select another one.")
    program = yield from program_of(question.project, question.device)
    image = image_for(question.source, question.project, program, place.node)
    node = network.nodes[place.node]
    values = _values(program, image, frozenset((place.node, *node.inputs)))
    whole = cube(values[place.node][0])
    spot = place.channel, place.row, place.column
    if not all(0 <= at < size for at, size in zip(spot, whole.shape, strict=True)):
        raise ProgramError(f"{place.node[:60]} puts out no number in such a place any more: pick another one.")
    if place.node in program.feeding.values:
        account = Account((), (), "This Input is always fed the same: no picture changes its numbers.")
    elif isinstance(node.layer, Input):
        account = inputs.account(question.source, question.project, program.facts[node.id].shape or (), place)
    else:
        shape = tuple(values[place.node].shape[1:])
        case = Case(
            node.layer, place, index_of(place, shape), node.inputs,
            tuple(values[id][0] for id in node.inputs), program.tensors(place.node),
        )  # fmt: skip
        account = RULES[type(node.layer)](case)
    factor = program.factors.get(place.node, {}).get(place.channel, 1.0)
    if factor != 1:
        account = _scaled(account, factor)
    yield Explanation(
        place, node.layer.kind, float(whole[spot]), account.windows, account.steps, account.said,
        bool(program.untrained([place.node])),
    )  # fmt: skip


def _values(program: Program, image: Tensor, wanted: frozenset[str]) -> dict[str, Tensor]:
    """The program's values; those last asked for are kept, for one looks at the neighbours of a number next."""
    for known, seen, values in _latest:
        if known() is program and values.keys() == wanted and torch.equal(seen, image):
            return values
    _latest.clear()
    values = program.values(image, wanted)
    _latest.append((ref(program), image, values))
    return values
