"""`--off NODE:CHANNEL[=FACTOR]`: channels that a command switches off or scales before it runs a network."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.cli.manners import note
from explorer.maths.sentences import Refusal, shortened
from explorer.network.ablation import in_words
from explorer.network.analysis import analyse
from explorer.network.project import Project


def changed(project: Project, given: Sequence[str], name: str) -> Project:
    """The project with these channels switched off or scaled, besides those it came with. Raises Refusal.

    name: of the network, as the user wrote it.
    """
    facts = analyse(project.network)
    for text in given:
        node, channel, factor = _parsed(text)
        if node not in facts:
            source, there = shortened(name, 60), shortened(node, 60)
            raise Refusal(f"{source} has no layer called “{there}”: “cnn-explorer facts {source}” lists them.")
        shape = facts[node].shape
        if shape and not 0 <= channel < shape[0]:
            raise Refusal(f"{shortened(node, 60)} has no channel {channel}: choose one from 0 to {shape[0] - 1}.")
        project = project.with_factors(node, {channel: factor})
    if project.ablations:
        note(f"Channels: {in_words([one.factor for one in project.ablations])}")
    return project


def _parsed(text: str) -> tuple[str, int, float]:
    """Node, channel and factor."""
    place, _, factor = text.partition("=")
    node, colon, channel = place.rpartition(":")
    try:
        if colon:
            return node, int(channel), float(factor or 0.0)
    except ValueError:
        pass
    raise Refusal(
        f"“{shortened(text, 60)}” does not say what to switch off: write NODE:CHANNEL, as in conv1:12, or "
        "NODE:CHANNEL=FACTOR to scale it."
    )
