"""What can be done about a faulty node: edits are tried, and those that mend it and harm no other are offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from math import log, prod

from explorer.layers.joins import Add
from explorer.layers.repairs.bridges import bridged, kept_as_map, padded_and_bridged
from explorer.layers.repairs.fault import Edit, Fault, count, listed, named
from explorer.layers.repairs.links import OFFERS, connected, counted_wrong, disconnected, left_out, opened
from explorer.layers.repairs.settings import branch_settings, own_settings
from explorer.network.analysis import BEHIND, Facts, analyse, faulty
from explorer.network.layer import described
from explorer.network.network import Network

LONGEST = 90
"""Characters on a button."""

MOST = 4
"""More buttons than this are not read."""

TRIED = 20
"""How many edits are tried on the whole network: the cheapest, so that a large one does not keep people waiting."""


@dataclass(frozen=True)
class Repair:
    """The whole network afterwards, what a button says, and in one sentence what comes out then."""

    text: str
    network: Network
    effect: str


def repairs(network: Network, facts: Mapping[str, Facts], id: str) -> tuple[Repair, ...]:
    """What mends this node, the best first: none where it is sound, only waits for another, or nothing is sensible."""
    if facts[id].problem in ("", BEHIND):
        return ()
    fault = Fault(network, facts, id)
    texts: set[str] = set()
    mended: list[tuple[tuple[float, ...], Repair]] = []
    for edit in sorted(_edits(fault), key=lambda edit: edit.cost)[:TRIED]:
        if edit.text in texts or len(edit.text) > LONGEST or any(edit.network == r.network for _, r in mended):
            continue
        texts.add(edit.text)
        after = analyse(edit.network, network, facts)
        if _mends(fault, after) and not _shrunk(fault, edit.network, after):
            rank = (len(faulty(after)) + edit.cost, _resized(fault, after), _parameters(fault, after))
            mended.append((rank, Repair(edit.text, edit.network, _effect(fault, edit.network, after))))
    most = OFFERS if id in network.looped else MOST
    return tuple(repair for _, repair in sorted(mended, key=lambda each: each[0])[:most])


def _mends(fault: Fault, after: Mapping[str, Facts]) -> bool:
    """Whether the node has a shape then, and whatever had one still has one; nobody may miss a node that is gone."""
    sound = (id for id, f in fault.facts.items() if f.shape is not None and id in after)
    if any(after[id].shape is None for id in sound):
        return False
    if fault.id in after:
        return after[fault.id].shape is not None
    return set(faulty(after)) <= set(faulty(fault.facts))


def _shrunk(fault: Fault, network: Network, after: Mapping[str, Facts]) -> bool:
    """Whether it adds up only because a whole branch has become 1×1 pixels, which shifts channels and adds no maps."""
    if fault.id not in after or not isinstance(network.nodes[fault.id].layer, Add):
        return False
    shapes = {after[id].shape for id in network.nodes[fault.id].inputs}
    return len(shapes) > 1 and not any(prod(shape[1:]) == 1 for shape in fault.shapes)


def _resized(fault: Fault, after: Mapping[str, Facts]) -> float:
    """How much the number of pixels changes at the node, up or down."""
    shape = fault.id in after and after[fault.id].shape
    return abs(log(prod(shape[1:]) / max(prod(x[1:]) for x in fault.shapes))) if shape and fault.shapes else 0.0


def _parameters(fault: Fault, after: Mapping[str, Facts]) -> int:
    return _more(fault, after) + (after[fault.id].parameters if fault.id in after else 0)


def _more(fault: Fault, after: Mapping[str, Facts]) -> int:
    """Parameters of what is new or changed; those of layers that had no shape before were not known."""
    lost = sum(f.parameters for id, f in fault.facts.items() if id not in after)
    new = sum(f.parameters for id, f in after.items() if id not in fault.facts)
    known = (id for id, f in fault.facts.items() if f.shape is not None and id in after)
    return new - lost + sum(after[id].parameters - fault.facts[id].parameters for id in known)


def _effect(fault: Fault, network: Network, after: Mapping[str, Facts]) -> str:
    more = _more(fault, after)
    if fault.id in after:
        text = f"{named(fault.id)} then gives {described(after[fault.id].shape or ())}"
        own = after[fault.id].parameters
        text += f" with {count(own, 'parameters')}" if own and not more else ""
    else:
        users = [id for id in dict.fromkeys(fault.network.users[fault.id]) if id in after]
        fed = [i for user in users for i in network.nodes[user].inputs if i not in fault.network.nodes[user].inputs]
        shape = after[fed[0]].shape if fed else None
        gets = f"get{'s' * (len(users) == 1)} {described(shape) if shape else 'its input'} directly"
        text = f"{listed(users)} then {gets}" if users else "Nothing else changes"
    if more:
        text += f", for {count(abs(more), 'more parameters' if more > 0 else 'fewer parameters')}"
    revealed = [id for id in faulty(after) if fault.facts[id].problem == BEHIND]
    return text + (f"; {named(revealed[0])} behind it has a problem of its own" if revealed else "")


def _edits(fault: Fault) -> Iterator[Edit]:
    if fault.id in fault.network.looped:
        ways = [opened]
    elif counted_wrong(fault.network, fault.id):
        ways = [connected, disconnected, left_out]
    else:
        ways = [kept_as_map, padded_and_bridged, bridged, own_settings, branch_settings, left_out]
    return chain.from_iterable(way(fault) for way in ways)
