"""Ways downhill on functions whose lowest point is known, beside torch's own optimizers."""

from __future__ import annotations

from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from explorer.engine.descent import CURVATURE, SUFFICIENT, Known, Step, Try, adam, lbfgs


def gone(way, function, most: int) -> tuple[Tensor, float, list[Step], int]:
    """The first point and its cost, the steps, and how many points were tried."""
    steps: list[Step] = []
    tried, first = 0, None
    asked = next(way)
    while len(steps) < most:
        if isinstance(asked, Try):
            x = asked.point.detach().clone().requires_grad_()
            cost = function(x)
            (slope,) = torch.autograd.grad(cost, x)
            tried += 1
            first = first or (asked.point, float(cost.detach()))
            asked = way.send(Known(float(cost.detach()), slope, tried))
        else:
            steps.append(asked)
            if asked.last:
                break
            asked = next(way)
    return *first, steps, tried


def rosenbrock(x: Tensor) -> Tensor:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def test_lbfgs_finds_the_end_of_a_narrow_valley() -> None:
    start = torch.full((10,), -1.2, dtype=torch.float64)
    _, first, steps, tried = gone(lbfgs(start), rosenbrock, 400)
    assert float((steps[-1].point - 1).abs().max()) < 1e-5
    costs = [first, *(step.known.cost for step in steps if not step.last)]
    assert all(after < before for before, after in pairwise(costs))
    assert sum(step.evaluations for step in steps) == tried - 1, "the start was asked for, too"


def test_every_step_meets_the_strong_wolfe_conditions() -> None:
    start = torch.tensor([-1.2, 1.0, 0.3, 2.0], dtype=torch.float64)
    point, cost, steps, _ = gone(lbfgs(start), rosenbrock, 60)
    x = point.clone().requires_grad_()
    (slope,) = torch.autograd.grad(rosenbrock(x), x)
    for step in [step for step in steps if not step.last]:
        moved = step.point - point
        down = float(moved @ slope)
        assert down < 0
        assert step.known.cost <= cost + SUFFICIENT * down + 1e-12
        assert abs(float(moved @ step.known.slope)) <= -CURVATURE * down + 1e-12
        point, cost, slope = step.point, step.known.cost, step.known.slope


@given(st.integers(2, 12), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_lbfgs_finds_what_linear_algebra_finds(size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    half = random.normal(size=(size, size))
    matrix = torch.from_numpy(half @ half.T + 0.1 * np.eye(size))
    wanted = torch.from_numpy(random.normal(size=size))
    right = matrix @ wanted
    _, _, steps, _ = gone(lbfgs(torch.zeros(size, dtype=torch.float64)), lambda x: x @ matrix @ x / 2 - right @ x, 300)
    assert float((steps[-1].point - wanted).abs().max()) < 1e-4


def test_at_the_lowest_point_it_says_so() -> None:
    _, _, steps, _ = gone(lbfgs(torch.zeros(3)), lambda x: (x**2).sum(), 5)
    assert [step.last for step in steps] == [True]
    assert steps[0].note == "No step lowers the cost any more."


def test_what_is_no_number_is_walked_around() -> None:
    """Beyond 2 the cost is no number; the lowest point lies right before."""

    def function(x: Tensor) -> Tensor:
        return torch.where((x > 2).any(), torch.full((), nan, dtype=x.dtype), ((x - 1.9) ** 2).sum()) + 0 * x.sum()

    _, first, steps, _ = gone(lbfgs(torch.tensor([-50.0, 1.0], dtype=torch.float64)), function, 100)
    costs = [first, *(step.known.cost for step in steps if not step.last)]
    assert all(after < before for before, after in pairwise(costs))
    assert float((steps[-1].point - 1.9).abs().max()) < 1e-3


@pytest.mark.parametrize("way", [lbfgs, lambda start: adam(start, 0.1)])
@pytest.mark.parametrize("bad", [nan, inf])
def test_a_beginning_that_is_no_number(way, bad: float) -> None:
    with pytest.raises(FloatingPointError):
        gone(way(torch.ones(3)), lambda x: (x * bad).sum(), 3)


def test_adam_is_that_of_torch() -> None:
    start = torch.tensor([-1.2, 1.0, 0.5, 0.1], dtype=torch.float64)
    _, _, steps, _ = gone(adam(start, 0.05), rosenbrock, 50)
    x = start.clone().requires_grad_()
    theirs = torch.optim.Adam([x], lr=0.05)
    for step in steps:
        theirs.zero_grad()
        rosenbrock(x).backward()
        theirs.step()
        assert float((step.point - x.detach()).abs().max()) < 1e-6


def test_adam_goes_back_when_it_is_lost() -> None:
    """A rate too large: back to the best point, with half of it, until it goes down."""
    _, first, steps, _ = gone(adam(torch.tensor([0.3, -0.2]), 1.5), lambda x: (torch.cosh(4 * x) - 1).sum(), 200)
    notes = [step.note for step in steps if step.note]
    assert notes[0].startswith("The cost grew out of bounds, so it went back to the best picture, with half the rate: ")
    assert len(steps) == 200
    assert not steps[-1].last
    assert steps[-1].known.cost < first / 100
    assert all(np.isfinite(step.known.cost) for step in steps)
    assert max(step.known.cost for step in steps) <= 10 * first


def test_adam_gives_up_where_nothing_helps() -> None:
    calls = []

    def function(x: Tensor) -> Tensor:
        calls.append(1)
        return (x**2).sum() if len(calls) == 1 else x.sum() * nan

    _, _, steps, _ = gone(adam(torch.ones(2), 0.1), function, 50)
    assert [step.last for step in steps] == [True]
    assert steps[0].note == "The cost grew out of bounds 6 times: it ended with the best picture; lower the rate."
    assert torch.equal(steps[-1].point, torch.ones(2))
