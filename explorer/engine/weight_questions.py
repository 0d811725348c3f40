"""What the window can ask the worker about trained numbers: which file has some that fit, and what they are like."""

from __future__ import annotations

from explorer.maths.values import dataclass
from explorer.network.project import Project


@dataclass(frozen=True)
class LoadWeights:
    """Put those weights of a file that fit into a network. Answers: WeightReport, then Project with other weights."""

    project: Project
    path: str


@dataclass(frozen=True)
class Weigh:
    """What are the trained numbers of one node like? Answer: LayerWeights."""

    project: Project
    node: str


@dataclass(frozen=True)
class Filters:
    """What do one node's filters look like? Answer: LayerFilters.

    order: by "index", by "norm" (the longest first) or by "similarity" (like ones beside each other).
    """

    project: Project
    node: str
    device: str = "cpu"
    order: str = "index"


@dataclass(frozen=True)
class SearchWeights:
    """Where are trained numbers broken or of no use? Answers: Progress …, then WeightFaults."""

    project: Project
