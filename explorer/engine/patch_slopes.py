"""Which pixels of a patch the number found there rises with: its slope, cut to the patch's own box.

Source: Zeiler & Fergus 2013, arXiv:1311.2901, figure 2, where a deconvolution stands beside each patch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from explorer.engine.attribution import Case
from explorer.engine.patch_questions import PatchSlopes
from explorer.engine.probes import picture, program_of
from explorer.engine.program import ProgramError
from explorer.engine.questions import PictureFile
from explorer.formats.patch_pictures import GROUND, slope_tile
from explorer.formats.recipes import on_picture, to_input
from explorer.maths.patch_records import PatchTiles
from explorer.maths.records import Place, Progress
from explorer.maths.sentences import Refusal


def slopes(question: PatchSlopes) -> Iterator[Progress | PatchTiles]:
    """The slopes one by one, picture by picture; grey where the picture cannot be read any more. Raises Refusal."""
    project, node = question.project, question.node
    if node not in project.network.nodes:
        raise ProgramError(f"The network has no node “{node[:60]}” any more: select another one.")
    program = yield from program_of(project, question.device)
    shape: tuple[int, int, int] = program.facts[program.entry([node])].shape  # type: ignore[assignment]
    by_file = defaultdict(list)
    for number, (path, _, _) in enumerate(question.wanted):
        by_file[path].append(number)
    for path, numbers in by_file.items():
        try:
            source = picture(PictureFile(str(Path(question.folder) / path)))
        except Refusal:
            grey = np.full((len(numbers), question.side, question.side, 3), GROUND, np.uint8)
            yield PatchTiles(tuple(numbers), grey)
            continue
        image = torch.from_numpy(to_input(source.pixels, project.recipe, shape))[None]
        size = source.pixels.shape[1], source.pixels.shape[0]
        grid = on_picture(project.recipe, size, source.size, shape[2], shape[1])
        for number in numbers:
            _, box, (channel, row, column) = question.wanted[number]
            case = Case(program, image, Place(node, channel, row, column), project.recipe)
            slope = case.slopes(case.image, back=question.back)[1][0].cpu().numpy()
            yield PatchTiles((number,), slope_tile(slope, grid, box, question.side)[None])
