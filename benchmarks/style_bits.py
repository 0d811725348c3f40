"""How low style transfer comes with 16 bits inside the network, beside 32, with as many evaluations.

Of one pair of pictures that says little: L-BFGS goes another way as soon as a number is rounded otherwise, and with 32
bits alone, where the first step is 0.01 or 0.05 long in place of 0.02, J ends 1 to 3 % higher or lower. So it
is the geometric mean over the sample photos, each in the style of the next one and of the one before. J of both is
computed in 32 bits, for the pictures as they would be saved.

Prints one JSON line: of each pair J with 16 bits divided by J with 32, their geometric mean, lowest and highest.
Usage: python -m benchmarks.style_bits [SIZE] [EVALUATIONS]
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from math import exp, log
from pathlib import Path
from typing import Any

from explorer.engine import library
from explorer.engine.descent import Known, Step
from explorer.engine.probes import program_of
from explorer.engine.program import Program
from explorer.engine.questions import PictureFile
from explorer.engine.style_pictures import from_pixels, pixels, shown
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.engine.style_targets import checked, objective_for
from explorer.engine.style_transfer import Descending
from explorer.maths.resources import resources
from explorer.maths.steps import at_once
from explorer.network.project import Project
from explorer.probes.style import Style

SIZE, EVALUATIONS = 128, 60


def main() -> None:
    size, evaluations = [int(word) for word in sys.argv[1:]] or (SIZE, EVALUATIONS)
    *_, project = library.open_model("vgg16_trunk")
    assert isinstance(project, Project)
    program = at_once(program_of(project, "cpu"))
    photos = sorted((resources() / "samples").glob("*.jpg"))
    found = {
        f"{photo.stem} as {photos[(place + way) % len(photos)].stem}":
            ratio(project, program, (photo, photos[(place + way) % len(photos)]), size, evaluations)
        for place, photo in enumerate(photos) for way in (1, -1)
    }  # fmt: skip
    print(json.dumps({
        "benchmark": "style_bits", "size": size, "evaluations": evaluations,
        "pairs": {name: round(one, 4) for name, one in found.items()},
        "mean": round(exp(sum(map(log, found.values())) / len(found)), 4),
        "lowest": round(min(found.values()), 4), "highest": round(max(found.values()), 4), "goal": 1.01,
    }))  # fmt: skip


def ratio(project: Project, program: Program, pair: tuple[Path, Path], size: int, evaluations: int) -> float:
    """J with 16 bits ÷ J with 32, for one photo in the style of another."""
    photo, painting = (PictureFile(str(path)) for path in pair)
    exact = checked(StyleOf(project, photo, (StylePicture(painting),), Style(size=size)), program)
    fast = replace(exact, settings=replace(exact.settings, precision="fast"))
    content = shown(photo, size)
    objectives = [at_once(objective_for(question, program, content)) for question in (exact, fast)]
    costs = []
    for objective in objectives:
        tried, last = 0, content
        for step in Descending(exact.settings, objective, content).steps():
            tried += isinstance(step, Known)
            if isinstance(step, Step):
                last = step.point
            if tried >= evaluations or (isinstance(step, Step) and step.last):
                break
        costs.append(cost(objectives[0], last))
    return costs[1] / costs[0]


def cost(objective: Any, picture: Any) -> float:
    """J of the picture as it would be saved."""
    return float(at_once(objective.known(from_pixels(pixels(picture)))).cost)


if __name__ == "__main__":
    main()
