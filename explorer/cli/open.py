"""`cnn-explorer open FILE|MODULE:FACTORY`: what it is, how its weights fit, and what its numbers are like."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from explorer.cli.facts import aligned
from explorer.cli.manners import finished, plain
from explorer.cli.sources import opened
from explorer.formats import tensors
from explorer.maths.weight_records import TensorFacts, WeightReport
from explorer.maths.weight_statistics import facts
from explorer.network.analysis import analyse, faulty, totals
from explorer.network.layer import described
from explorer.network.project import Project

MOST = 20
"""Names of a list that people are shown; --json has all."""


def look_into(name: str, as_json: bool, with_weights: bool) -> str:
    """The command's output."""
    reports: list[WeightReport] = []
    project = finished(_noting(opened(name), reports))
    assert isinstance(project, Project)
    report = reports[0] if reports else None
    numbers = _facts(project) if with_weights else ()
    if as_json:
        return json.dumps(record(project, report, numbers if with_weights else None))
    return "\n\n".join(part for part in (summary(project), told(report), table(numbers)) if part)


def _noting(steps: Iterator[Any], reports: list[WeightReport]) -> Iterator[Any]:
    for step in steps:
        if isinstance(step, WeightReport):
            reports.append(step)
        yield step


def _facts(project: Project) -> tuple[TensorFacts, ...]:
    values = tensors.read(project.weights) if project.weights else {}
    order = {id: place for place, id in enumerate(project.network.nodes)}
    names = sorted(values, key=lambda name: order.get(name.rpartition(".")[0], len(order)))
    return tuple(facts(name, values[name]) for name in names)


def record(project: Project, report: WeightReport | None, numbers: tuple[TensorFacts, ...] | None) -> dict[str, Any]:
    """What --json prints; `weights` is null for a file that says its network itself."""
    known = analyse(project.network)
    sums = totals(known)
    said: dict[str, Any] = {
        "title": project.title,
        "origin": project.origin,
        "layers": len(known),
        "parameters": sums.parameters,
        "macs": sums.macs,
        "problems": {id: known[id].problem for id in faulty(known)},
        "weights": None,
    }
    if report is not None:
        said["weights"] = {
            "what": report.what,
            "numbers": report.numbers,
            "types": dict(report.types),
            "matched": len(report.matched),
            "missing": report.missing,
            "left_over": report.left_over,
            "differing": [{"name": d.name, "wanted": d.wanted, "found": d.found} for d in report.differing],
            "broken": [{"name": b.name, "nan": b.nan, "infinite": b.infinite} for b in report.broken],
        }
    return said if numbers is None else {**said, "tensors": [vars(one) for one in numbers]}


def summary(project: Project) -> str:
    """Title, size and origin."""
    known = analyse(project.network)
    sums = totals(known)
    least = "at least " if sums.problem else ""
    size = f"{len(known):,} layers, {least}{sums.parameters:,} parameters, {least}{sums.macs:,} MACs"
    return "\n".join(plain(line) for line in (project.title or "A network", size, *project.origin.splitlines()) if line)


def told(report: WeightReport | None) -> str:
    """What matched, and all that did not."""
    if report is None:
        return ""
    types = ", ".join(f"{count:,} of {kind}" for kind, count in report.types)
    whole = len(report.matched) + len(report.missing) + len(report.differing)
    lines = [f"{report.numbers:,} numbers in {sum(n for _, n in report.types):,} tensors, {types}"]
    lines.append(f"{len(report.matched):,} of the network's {whole:,} weights matched")
    lines += _listed("missing, so random", report.missing)
    lines += _listed(
        "of another shape, so random",
        [f"{d.name}: {described(d.found)} in the file, {described(d.wanted)} wanted" for d in report.differing],
    )
    lines += _listed("left over in the file", report.left_over)
    lines += _listed("broken", [f"{b.name}: {b.nan:,} NaN, {b.infinite:,} infinite" for b in report.broken])
    return "\n".join(plain(line) for line in lines)


def _listed(what: str, names: Any) -> list[str]:
    rest = [f"  … and {len(names) - MOST:,} more"] if len(names) > MOST else []
    return [f"{len(names):,} {what}:", *(f"  {name}" for name in names[:MOST]), *rest] if names else []


def table(numbers: tuple[TensorFacts, ...]) -> str:
    """A row for each tensor; dead and equal filters are told below it by their numbers."""
    if not numbers:
        return ""
    rows = [
        (
            plain(one.name), described(one.shape) if one.shape else "1", f"{one.low:.4g}", f"{one.high:.4g}",
            f"{one.mean:.4g}", f"{one.deviation:.4g}", f"{one.zeros:,}", f"{one.nan:,}", f"{one.infinite:,}",
        )
        for one in numbers
    ]  # fmt: skip
    headings = ("weights", "shape", "least", "greatest", "mean", "deviation", "zeros", "NaN", "infinite")
    lines = [aligned([headings, *rows, (f"{len(rows)} tensors", *[""] * 8)], range(2, 9))]
    for one in numbers:
        lines += [f"{plain(one.name)}: dead {_some(one.dead)}"] if one.dead else []
        lines += [f"{plain(one.name)}: equal {'; '.join(map(_some, one.equal[:MOST]))}"] if one.equal else []
    return "\n".join(lines)


def _some(numbers: tuple[int, ...]) -> str:
    rest = f" and {len(numbers) - MOST:,} more" if len(numbers) > MOST else ""
    return ", ".join(map(str, numbers[:MOST])) + rest
