"""Where pixels were in the frame before: on pictures that were moved by a known way."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from explorer.engine.optical_flow import carried_on, flow, warped
from explorer.engine.style_pictures import from_pixels
from explorer.formats.pictures import decode
from explorer.maths.resources import resources


def photo(size: tuple[int, int] = (96, 128)) -> torch.Tensor:
    return from_pixels(decode(resources() / "samples" / "coffee.jpg").pixels, size)


@pytest.mark.parametrize(("across", "down"), [(0, 0), (3, 0), (-5, 2), (1.5, -0.5), (9, 6)])
def test_a_frame_that_was_moved(across: float, down: float) -> None:
    before = photo()
    moved = torch.empty(1, 2, 96, 128)
    moved[:, 0], moved[:, 1] = across, down
    now = warped(before, moved)
    inside = slice(16, -16)
    found = flow(now, before)[..., inside, inside]
    apart = (found - moved[..., inside, inside]).norm(dim=1)
    assert float(apart.median()) < 0.15
    assert float((apart < 0.5).float().mean()) > 0.9


def test_a_frame_that_was_turned_and_grew() -> None:
    before = photo()
    angle, scale = 0.05, 1.04
    matrix = torch.tensor([[[scale, -angle * 96 / 128, 0.0], [angle * 128 / 96, scale, 0.0]]])
    grid = F.affine_grid(matrix, [1, 3, 96, 128], align_corners=False)
    now = F.grid_sample(before, grid, padding_mode="border", align_corners=False)
    inside = slice(12, -12)
    left = (warped(before, flow(now, before)) - now)[..., inside, inside].abs().mean()
    assert float(left) < 0.25 * float((before - now)[..., inside, inside].abs().mean())


def test_what_moves_takes_its_paint_along() -> None:
    """A picture made of the frame before is moved; a part that is new is taken from the new frame."""
    before = photo()
    made = 1 - before
    moved = torch.zeros(1, 2, 96, 128)
    moved[:, 0] = 4
    now = warped(before, moved)
    now[..., 40:60, 50:70] = torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1)  # something new
    begun = carried_on(made, now, before)
    assert float((begun - now)[..., 46:54, 56:64].abs().mean()) < 0.1
    quiet = (begun - warped(made, moved))[..., 10:30, 10:110].abs()
    assert float((quiet < 0.1).float().mean()) > 0.9


def test_the_same_frame_stays_where_it_is() -> None:
    frame = photo()
    assert float(flow(frame, frame).abs().max()) < 1e-3
    assert torch.allclose(warped(frame, torch.zeros(1, 2, 96, 128)), frame, atol=1e-5)
