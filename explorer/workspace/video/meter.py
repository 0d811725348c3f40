"""How long the parts of a frame's way take, smoothed over a second."""

from __future__ import annotations

from collections import deque

SPAN = 1.0
"""Seconds that are averaged over."""
PARTS = ("capture", "pre", "network", "post", "draw")
"""In milliseconds: reading the frame, making the network's input, the network, boxes and maps of its numbers, and
showing it all. What is left of the frame's age is waiting and the way between the processes."""


class Meter:
    """Collects times; what is older than a second is forgotten. dropped: frames nobody had time for."""

    def __init__(self) -> None:
        self.dropped = 0
        self._times: dict[str, deque[tuple[float, float]]] = {}

    def add(self, part: str, milliseconds: float, now: float) -> None:
        """Something took so long; now in seconds, never going back."""
        times = self._times.setdefault(part, deque())
        times.append((now, milliseconds))
        while times[0][0] <= now - SPAN:
            times.popleft()

    def mean(self, part: str, now: float) -> float | None:
        """Milliseconds it took on the average of the last second; None where it did not happen."""
        recent = [milliseconds for at, milliseconds in self._times.get(part, ()) if at > now - SPAN]
        return sum(recent) / len(recent) if recent else None

    def rate(self, part: str, now: float) -> float:
        """How often it happened in the last second."""
        return sum(at > now - SPAN for at, _ in self._times.get(part, ())) / SPAN
