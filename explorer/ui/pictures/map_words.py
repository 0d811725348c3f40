"""What is said about the maps of one node."""

from __future__ import annotations

from explorer.maths.records import FeatureMaps
from explorer.network.conventions import Conventions
from explorer.ui.controls.words import counted, figure

NAMED = 5
"""Channels with numbers that are none, as many as are named."""


def headline(maps: FeatureMaps, conventions: Conventions) -> str:
    """Name, size and range of a node's maps, and how many are zero all over."""
    known, shape = maps.statistics, maps.values.shape
    vector = shape[1:] == (1, 1)
    said = f"{maps.node} · {conventions.shape(shape[:1] if vector else shape)}"
    said += f" · from {figure(known.least.min())} to {figure(known.most.max())}"
    silent, of = known.silent(shape[1] * shape[2]), f"of {counted(len(maps.values), 'number' if vector else 'channel')}"
    if silent:
        said += f" · {silent:,} {of} {'is' if silent == 1 else 'are'} {'0' if vector else 'silent'} here"
    return said


def broken_numbers(maps: FeatureMaps) -> str:
    """Where numbers are NaN or infinite, "" where all are finite."""
    broken = maps.statistics.broken
    channels = [channel for channel, count in enumerate(broken.tolist()) if count] if broken.any() else []
    if not channels:
        return ""
    named = ", ".join(str(channel) for channel in channels[:NAMED]) + (", …" if len(channels) > NAMED else "")
    which = "channel" if len(channels) == 1 else "channels"
    return f"{counted(int(broken.sum()), 'number')} here NaN or infinite, in {which} {named}: weights may be broken."
