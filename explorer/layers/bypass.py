"""Bypassing layers: they stay on the canvas with their settings and weights, and the network runs without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from explorer.layers.shapes import Identity
from explorer.maths.sentences import Refusal, shortened
from explorer.network.project import Project


class CannotBypass(Refusal):
    """A layer that has nothing to pass on in its place; says why."""


def bypassed(project: Project, ids: Iterable[str]) -> Project:
    """The project with these layers bypassed: each node passes on what comes in, so all that is known of the network
    follows from the network itself. Raises CannotBypass where a layer does not take exactly one input."""
    chosen = set(ids)
    if not chosen:
        return project
    nodes, aside = dict(project.network.nodes), dict(project.bypassed)
    for id in [id for id in nodes if id in chosen]:  # in the network's order: which one is named first is no chance
        layer = project.layer(id)
        if layer.inputs != 1:
            takes = "several inputs" if layer.inputs else "no input"
            raise CannotBypass(
                f"{layer.kind} {shortened(id, 60)} cannot be bypassed, for it takes {takes}: "
                "only a layer with one input can pass on what comes in."
            )
        aside[id], nodes[id] = layer, replace(nodes[id], layer=Identity())
    return replace(project, network=replace(project.network, nodes=nodes), bypassed=aside)


def brought_back(project: Project, ids: Iterable[str] | None = None) -> Project:
    """The project with these bypassed layers in their nodes again, by default all."""
    nodes, aside = dict(project.network.nodes), dict(project.bypassed)
    for id in list(aside) if ids is None else ids:
        nodes[id] = replace(nodes[id], layer=aside.pop(id))
    return replace(project, network=replace(project.network, nodes=nodes), bypassed=aside)
