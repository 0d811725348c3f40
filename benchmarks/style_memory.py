"""Memory that a style transfer takes, beside what was foretold: many sizes, tiles, coarse to fine, and training.

Each case runs in a process of its own, for what one leaves behind would be the next one's: it opens the VGG-16 trunk,
asks for the forecast, takes some steps, and tells the most memory it had (VmHWM) less what it had before (VmRSS, with
the trunk open). Prints one JSON line: for each case bytes foretold and measured, and the one divided by the other.
Usage: python -m benchmarks.style_memory [CASE …], by default all of `CASES`; "ten" are the ten sizes in one piece.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from explorer.maths.resources import resources
from explorer.maths.steps import at_once

CASES: dict[str, dict[str, Any]] = {
    "64": {"size": 64},
    "96": {"size": 96},
    "128": {"size": 128},
    "192": {"size": 192},
    "256": {"size": 256},
    "256 fast": {"size": 256, "precision": "fast"},
    "384": {"size": 384},
    "512": {"size": 512},
    "512 Adam": {"size": 512, "optimizer": "Adam"},
    "640": {"size": 640},
    "768": {"size": 768},
    "768 fast": {"size": 768, "precision": "fast"},
    "1024": {"size": 1024},
    "1024 fast": {"size": 1024, "precision": "fast"},
    "1024 in tiles of 256": {"size": 1024, "tile": 256},
    "1024 in tiles of 512": {"size": 1024, "tile": 512},
    "512 in tiles of 256": {"size": 512, "tile": 256},
    "768 in tiles of 256": {"size": 768, "tile": 256},
    "768 in tiles of 512": {"size": 768, "tile": 512},
    "512 from 256": {"size": 512, "octaves": 2},
    "768 from 192": {"size": 768, "octaves": 3},
    "training, 32, 4 channels": {"train": True, "size": 32, "batch": 1, "channels": 4, "stroke": 64},
    "training, 128": {"train": True, "size": 128, "batch": 1},
    "training, 192": {"train": True, "size": 192, "batch": 2},
    "training, 256, 32 channels": {"train": True, "size": 256, "batch": 1, "channels": 32},
}
TEN = ("64", "96", "128", "192", "256", "384", "512", "640", "768", "1024")
STEPS = 22
"""L-BFGS has twenty of them in memory."""
LONGEST = 900
"""Seconds for one case."""
GOAL = (0.7, 2.0)


def case(settings: dict[str, Any]) -> dict[str, float]:
    """What one takes, in this process."""
    import torch

    from explorer.engine import library
    from explorer.engine.memory import keep_freed
    from explorer.engine.probes import program_of
    from explorer.engine.questions import PictureFile
    from explorer.engine.style_questions import StyleOf, StylePicture
    from explorer.engine.style_targets import checked
    from explorer.network.project import Project
    from explorer.probes.style import Style

    torch.set_num_threads(1)
    keep_freed()
    samples = resources() / "samples"
    *_, project = library.open_model("vgg16_trunk")
    assert isinstance(project, Project)
    content, style = (PictureFile(str(samples / name)) for name in ("cat.jpg", "coffee.jpg"))
    program = at_once(program_of(project, "cpu"))
    if settings.pop("train", False):
        return trained(project, style, settings)
    from explorer.engine import style_forecast
    from explorer.engine.style_transfer import style as made

    question = StyleOf(project, content, (StylePicture(style),), Style(steps=STEPS, **settings))
    asked = checked(question, program)
    told = style_forecast.needs(asked, program, style_forecast.shape_of(asked)).memory
    before = fresh()
    for _ in made(question):
        pass
    return {"foretold": told, "measured": resident("VmHWM") - before}


def trained(project: Any, style: Any, settings: dict[str, Any]) -> dict[str, float]:
    """The same of a training."""
    from explorer.engine import training_forecast
    from explorer.engine.fast_style import train
    from explorer.engine.fast_style_questions import TrainStyle
    from explorer.probes.fast_style import FastStyle

    with tempfile.TemporaryDirectory() as folder:
        question = TrainStyle(
            project, style, str(resources() / "samples"), f"{folder}/kept", FastStyle(steps=STEPS, first=2, **settings)
        )
        told = at_once(training_forecast.room(question))[0]
        before = fresh()
        for _ in train(question):
            pass
        return {"foretold": told, "measured": resident("VmHWM") - before}


def fresh() -> int:
    """Bytes of this process now; from here on its peak is counted anew, for opening the trunk had one, too."""
    Path("/proc/self/clear_refs").write_text("5")
    return resident("VmRSS")


def resident(name: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM the most so far."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc tells no {name}")


def main() -> None:
    if sys.argv[1:2] == ["--case"]:
        print(json.dumps(case(dict(CASES[sys.argv[2]]))))
        return
    found = {}
    words = sys.argv[1:] or list(CASES)
    for name in TEN if words == ["ten"] else words:
        command = [sys.executable, "-m", "benchmarks.style_memory", "--case", name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        if done.returncode:
            print(f"{name}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            continue
        one = json.loads(done.stdout.splitlines()[-1])
        found[name] = {**one, "ratio": round(one["foretold"] / one["measured"], 2)}
        print(f"{name}: {one['foretold'] / 1e6:.0f} MB, {one['measured'] / 1e6:.0f} MB", file=sys.stderr, flush=True)
    ratios = [one["ratio"] for one in found.values()]
    print(json.dumps({
        "benchmark": "style_memory", "cases": found, "lowest": min(ratios), "highest": max(ratios), "goal": GOAL,
        "within": sum(GOAL[0] <= one <= GOAL[1] for one in ratios), "of": len(ratios),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
