"""What a training of a network that paints consists of: who judges, what a picture costs, who learns, one slope.

They are the same where it is trained and where it is foretold what that takes.
"""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor

from explorer.engine import library
from explorer.engine.fast_learner import Learner
from explorer.engine.fast_style_questions import TrainStyle
from explorer.engine.probes import program_of
from explorer.engine.program import Program
from explorer.engine.style_pictures import shown
from explorer.engine.taught_costs import Costs, TaughtCosts, taught_costs
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.network.project import Project
from explorer.probes.style import WeightedLayer
from explorer.probes.style_layers import judged_by

Layers = tuple[tuple[WeightedLayer, ...], tuple[WeightedLayer, ...]]
"""Those that tell content, and those that tell style."""

PIXELS = 20.0
"""Weight of the mean squared difference from the picture itself in the first steps: the others are about 1, too."""


class TrainingError(Refusal):
    """A training cannot be begun, or not gone on with."""


def learner_of(question: TrainStyle) -> Learner:
    """The network that learns, as it is before the first step."""
    with torch.inference_mode(False), torch.enable_grad():
        return Learner(question)


def judge_of(question: TrainStyle) -> Generator[Progress, None, Project]:
    """The network that tells content and style, got where it is not here."""
    if isinstance(question.judge, Project):
        return question.judge
    found: Project | None = None
    for step in library.open_model(question.judge):
        if isinstance(step, Project):
            found = step
        else:
            yield step
    assert found is not None
    return found


def objective_of(question: TrainStyle) -> Generator[Progress, None, TaughtCosts]:
    """What one painted picture costs, with the Gram matrices of the style picture."""
    s, project = question.settings, question.judge
    assert isinstance(project, Project)
    judge, layers = yield from judged(question)
    return (yield from taught_costs(project, judge, s, layers, shown(question.style, s.stroke)))


def judged(question: TrainStyle) -> Generator[Progress, None, tuple[Program, Layers]]:
    """The network that judges, and by which layers. Raises TrainingError where it has none."""
    assert isinstance(question.judge, Project)
    judge = yield from program_of(question.judge, question.device)
    layers = judged_by(judge.network, judge.facts)
    if not all(layers):
        raise TrainingError("The network that is to tell content and style has no maps: choose a convolutional one.")
    return judge, layers


def add_slope(
    learner: Learner, cost: TaughtCosts, picture: Tensor, count: int, first: bool = False
) -> tuple[float, ...]:
    """Add one picture's part to the slope of the batch's mean cost; its costs. first: see `FastStyle.first`."""
    with torch.inference_mode(False), torch.enable_grad():
        picture = picture.clone()
        painted = learner.paint(picture)
        total, parts = unlike(painted, picture) if first else cost.cost(painted, picture)
        torch.autograd.backward(total / count)
    return *parts, float(total.detach())


def unlike(painted: Tensor, picture: Tensor) -> tuple[Tensor, Costs]:
    """How far what was painted is from the picture itself, pixel by pixel: the cost of the first steps."""
    apart = PIXELS * (painted - picture).square().mean()
    return apart, (float(apart.detach()), 0.0, 0.0)
