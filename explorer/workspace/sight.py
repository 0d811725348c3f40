"""Where on the picture the numbers of a node lie, and what each of them sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from explorer.maths.boxes import Box, overlap
from explorer.maths.records import Picture
from explorer.network.analysis import Facts
from explorer.network.project import Project
from explorer.network.receptive_field import NOTHING, receptive_field, spans

if TYPE_CHECKING:
    from explorer.formats.recipes import Grid


class Sight:
    """The way from the rows and columns of a node's maps to a picture, through the input's crop and scale.

    Boxes are (left, top, right, bottom) in pixels of the whole picture. A number lies at the middle of its receptive
    field: start + jump · place. Source: Araujo et al. 2019, doi:10.23915/distill.00021.
    """

    def __init__(self, project: Project, facts: Mapping[str, Facts], id: str, picture: Picture) -> None:
        self._project, self._facts, self._id, self._picture = project, facts, id, picture
        shape = facts[id].shape or ()
        self.rows, self.columns = shape[1:] if len(shape) == 3 else (1, 1)
        self._field = receptive_field(project.network, facts, id)

    @cached_property
    def whole(self) -> Box | None:
        """Where all maps lie together: around each number as much as the next one is away.

        None where the numbers have no places on the picture: each sees all of it, or place is not followed so far.
        """
        if self._field is None:
            return None
        ends: list[float] = []
        for axis, count in enumerate((self.rows, self.columns)):
            jump, start = self._field.jump[axis], self._field.start[axis]
            if count > 1 and jump <= 0:
                return None
            first, last = (start + 0.5 - jump / 2, jump * count) if count > 1 else (0.0, float(self._input[axis]))
            ends += [first, first + last]
        top, bottom, left, right = ends
        return self._on_picture((left, top, right, bottom))

    @cached_property
    def seen(self) -> Box:
        """The part of the picture that enters the network."""
        return self._clipped((0, 0, self._input[1], self._input[0]))

    def field(self, row: int, column: int) -> Box | None:
        """All real pixels that one number depends on, through every branch; None where there are none."""
        ends: list[float] = []
        for axis, unit in enumerate((row, column)):
            found = spans(self._project.network, self._facts, self._id, axis, (unit,), inside=True)
            if found is None or found[1][0] == NOTHING:
                return None
            ends += [found[1][0][0], found[1][0][1] + 1]
        top, bottom, left, right = ends
        return self._clipped((left, top, right, bottom))

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the number whose field's middle is nearest to a point of the picture; None outside."""
        left, top, right, bottom = self.seen
        if self.whole is None or not (left <= x < right and top <= y < bottom):
            return None
        left, top, right, bottom = self.whole
        row = int((y - top) / (bottom - top) * self.rows // 1)
        column = int((x - left) / (right - left) * self.columns // 1)
        return min(max(row, 0), self.rows - 1), min(max(column, 0), self.columns - 1)

    @cached_property
    def _input(self) -> tuple[int, int]:
        """Height and width of the input."""
        network = self._project.network
        (height, _), (width, _) = (spans(network, self._facts, self._id, axis, (0,)) or (0, []) for axis in (0, 1))
        return height, width

    def _clipped(self, box: Box) -> Box:
        width, height = self._picture.size
        return overlap(self._on_picture(box), (0, 0, width, height))

    def _on_picture(self, box: Box) -> Box:
        left, top, right, bottom = box
        grid = self._grid
        return (
            grid.left + left * grid.across, grid.top + top * grid.down,
            grid.left + right * grid.across, grid.top + bottom * grid.down,
        )  # fmt: skip

    @cached_property
    def _grid(self) -> Grid:
        from explorer.formats.recipes import on_picture  # the window is on the screen sooner without

        height, width = self._input
        return on_picture(self._project.recipe, self._picture.size, self._picture.size, width, height)
