"""The page of figures says what was measured, and whether it is enough."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.__main__ import COMMANDS, KEPT, PAGE, PICTURES, drawn, listed, marks, parts, read, run
from benchmarks.page import Goal, Row, found, machines, met, missed, reasons, table, verdict
from benchmarks.peers import PACKAGES, absent, how
from benchmarks.plots import name_of, plot
from benchmarks.rows import AREAS, ROWS
from benchmarks.slopes import AXES, SERIES, Line, fit

ROOT = Path(__file__).parents[1]


def line(figures: dict[str, Any], command: str = "startup") -> dict[str, dict[str, Any]]:
    return {command: {"command": command, "date": "2026-01-02", "load": 0.1, "machine": "m", "figures": figures}}


def test_every_row_names_a_benchmark() -> None:
    for row in ROWS:
        assert (ROOT / "benchmarks" / f"{row.command.split()[0]}.py").is_file()
        assert all(goal.over in ("", *row.peers) for goal in row.goals), row.what
    assert len({(row.area, row.what) for row in ROWS}) == len(ROWS)


def test_every_goal_has_a_row() -> None:
    """The areas in which we set ourselves goals, each with at least one row that has a bound."""
    areas = (
        "facts", "open", "forward fp32", "capture", "patches", "YOLO end to end", "busy window", "style", "pictures",
        "foundation", "canvas", "GPU", "growth",
    )  # fmt: skip
    assert set(AREAS) == set(areas)
    for area in areas:
        assert any(row.goals for row in ROWS if row.area == area), area
    peers = {peer for row in ROWS for peer in row.peers}
    assert peers >= {
        "torchinfo", "meta", "FakeTensor", "torch.export", "onnx", "Netron", "eager", "jit", "onnxruntime", "captum",
        "torchlens", "hooks", "OpenCV DNN", "torch eager", "Darknet", "the PyTorch tutorial's recipe",
        "ultralytics' way", "ImageItem", "NodeGraphQt", "qtpynodeeditor", "torch.load", "torchvision",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("goal", "told"),
    [
        (Goal(most=20), "at most 20, met"), (Goal(most=10), "at most 10, **missed**"),
        (Goal(least=20), "at least 20, **missed**"),
        (Goal(most=0.5, over="peer"), "at most 0.5 of peer: 0.3, met"),
        (Goal(least=0.5, over="peer"), "at least 0.5 of peer: 0.3, **missed**"), (Goal(most=1, over="nobody"), ""),
    ],
)  # fmt: skip
def test_what_a_goal_says(goal: Goal, told: str) -> None:
    assert verdict(goal, 12.0, {"peer": 40.0, "nobody": None}) == told


def test_figures_are_found_by_their_paths() -> None:
    figures = {"a": {"b, c": 2.5}, "text": "x"}
    assert found(figures, "a>b, c") == 2.5
    assert [found(figures, path) for path in ("a", "a>b", "text", "text>a", "z")] == [None] * 5


def test_the_page_is_that_of_what_was_kept() -> None:
    page, kept = PAGE.read_text("utf-8"), read()
    for part, text in parts(kept).items():
        begin, end = marks(part)
        assert page.count(begin) == page.count(end) == 1
        assert page.partition(begin)[2].partition(end)[0].strip() == text.strip(), part
    commands = [json.loads(line)["command"] for line in KEPT.read_text("utf-8").splitlines()] if KEPT.exists() else []
    assert len(set(commands)) == len(commands)
    assert set(commands) <= set(COMMANDS)


def test_the_plots_are_those_of_what_was_kept() -> None:
    plots, page = drawn(read()), PAGE.read_text("utf-8")
    assert {path.name for path in PICTURES.glob("scale-*.svg")} == set(plots)
    for name, text in plots.items():
        assert (PICTURES / name).read_text("utf-8") == text
        assert f"(pictures/{name})" in page
        assert len(text) < 60_000


def test_every_miss_on_the_page_says_why() -> None:
    kept = read()
    assert [row.what for row, _ in missed(kept, ROWS) if not row.why] == []
    assert "Not explained yet" not in PAGE.read_text("utf-8")


def test_a_planted_miss_is_shown() -> None:
    row = Row(
        "facts", "shapes", "startup", "s", "s", {"Qt": "qt"}, (Goal(most=0.5), Goal(most=0.1, over="Qt")), "Slow."
    )
    met_both, short = line({"s": 0.02, "qt": 0.3}), line({"s": 0.4, "qt": 0.3})
    assert list(missed(met_both, [row])) == []
    assert reasons(met_both, [row]) == "Nothing."
    assert "**missed**" not in table(met_both, [row])
    assert reasons(short, [row]) == "- facts, shapes: at most 0.1 of Qt: 1.33, **missed**. Slow."
    assert table(short, [row]).splitlines()[2] == (
        "| **facts** | shapes (`startup`) | 0.4 s | Qt 0.3 | at most 0.5, met; at most 0.1 of Qt: 1.33, **missed** "
        "| 2026-01-02, 0.1 |"
    )
    unexplained = Row("facts", "shapes", "startup", "s", "s", goals=(Goal(most=0.1),))
    assert reasons(short, [unexplained]) == "- facts, shapes: at most 0.1, **missed**. Not explained yet."


@given(st.floats(0.001, 1000), st.floats(0.001, 1000), st.floats(0.001, 1000))
def test_met_and_missed_are_never_mixed_up(ours: float, peer: float, bound: float) -> None:
    goal = Goal(most=bound, over="peer")
    assert met(goal, ours, {"peer": peer}) is (ours / peer <= bound)
    assert ("**missed**" in verdict(goal, ours, {"peer": peer})) is not met(goal, ours, {"peer": peer})


def test_what_was_not_measured_says_so() -> None:
    rows = (
        Row("a", "start", "startup", "s", "s", {"Qt": "qt"}, (Goal(most=0.5),)), Row("a", "gaps", "gaps", "a"),
        Row("b", "on a GPU", "cuda", "x", goals=(Goal(least=2, over="eager"),), peers={"eager": "y"}),
    )  # fmt: skip
    kept = line({"s": 0.4, "qt": 0.3}) | line({"none": "no GPU at hand"}, "cuda")
    *_, first, second, third = table(kept, rows).splitlines()
    assert first == "| **a** | start (`startup`) | 0.4 s | Qt 0.3 | at most 0.5, met | 2026-01-02, 0.1 |"
    assert second == "|  | gaps (`gaps`) | not measured |  |  | |"
    assert third == "| **b** | on a GPU (`cuda`) | no GPU at hand |  | at least 2 of eager | |"


def test_a_peer_that_is_not_there_is_named_with_the_command_that_gets_it() -> None:
    row = Row("a", "start", "startup", "s", "s", {"Qt": "qt", "X": "x"}, (Goal(most=1, over="X"),))
    kept = line({"s": 0.4, "qt": 0.3, "absent": {"X": how("cv2")}})
    assert "| Qt 0.3, X is not installed: `python -m benchmarks.peers cv2` | at most 1 of X |" in table(kept, [row])
    assert absent(one_two="json", three="nothing_of_this_name") == {
        "three": "python -m benchmarks.peers nothing_of_this_name"
    }


def test_slopes_of_known_figures() -> None:
    sizes = [10, 20, 40, 80, 160]
    line = fit(sizes, [3 * size**1.5 for size in sizes])
    assert (line.slope, line.factor, line.error) == pytest.approx((1.5, 3, 0), abs=1e-9)
    assert line.at(1000) == pytest.approx(3 * 1000**1.5)
    assert fit(sizes, [7.0] * 5).slope == pytest.approx(0, abs=1e-12)
    assert fit([1, 10], [5, 50]) == Line(pytest.approx(1), pytest.approx(5), 0.0)


@given(st.lists(st.floats(0.01, 1e6), min_size=3, max_size=8, unique=True), st.data())
def test_slopes_are_those_of_numpy(x: list[float], data: st.DataObject) -> None:
    spread = max(x) / min(x)
    if spread < 1.5:
        return
    y = data.draw(st.lists(st.floats(0.01, 1e6), min_size=len(x), max_size=len(x)))
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    line = fit(x, y)
    assert line.slope == pytest.approx(slope, rel=1e-6, abs=1e-6)
    assert math.log(line.factor) == pytest.approx(height, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize(("x", "y"), [([1], [1]), ([2, 2], [1, 3]), ([1, 2], [0, 1]), ([1, 2], [1]), ([-1, 2], [1, 1])])
def test_no_slope_without_two_sizes_and_figures_above_0(x: list[float], y: list[float]) -> None:
    with pytest.raises(ValueError, match="two sizes"):
        fit(x, y)


def figures() -> dict[str, Any]:
    """Every series as if it grew in proportion."""
    x = [10, 20, 40, 80, 160]
    return {one.key: {"x": x, "y": [0.5 * v for v in x], "slope": 1.0, "factor": 0.5} for one in SERIES}


def test_every_axis_has_five_sizes_and_a_plot() -> None:
    assert len({series.key for series in SERIES}) == len(SERIES)
    for axis, (_, sizes) in AXES.items():
        assert len(sizes) >= 5
        assert all(1.2 < after / before <= 2 for before, after in pairwise(sizes))
        root = ElementTree.fromstring(plot(axis, figures()))
        texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
        told = [text.partition(": slope 1.00")[0] for text in texts if ": slope 1.00" in text]
        assert sorted(told) == sorted(one.name.removeprefix("memory of ") for one in SERIES if one.axis == axis)
        assert plot(axis, {}) == ""
    assert name_of("picture size") == "scale-picture-size.svg"


def test_points_lie_on_their_line_and_in_the_frame() -> None:
    root = ElementTree.fromstring(plot("nodes", figures()))
    space = "{http://www.w3.org/2000/svg}"
    wide = float(root.attrib["viewBox"].split()[2])
    marks = [shape for shape in root.iter(f"{space}polygon") if shape.attrib.get("stroke") == "#ffffff"]
    count = sum(series.axis == "nodes" for series in SERIES)
    assert len(marks) == 5 * count + count  # the points, and one each in the legend
    for mark in marks:
        points = [tuple(map(float, point.split(","))) for point in mark.attrib["points"].split()]
        assert all(0 < x < wide for x, _ in points)
    lines = [shape for shape in root.iter(f"{space}polyline") if shape.attrib["stroke"] not in ("#e4e4e4",)]
    (x0, y0), (x1, y1) = (tuple(map(float, point.split(","))) for point in lines[0].attrib["points"].split())
    for mark in marks[:5]:
        points = [tuple(map(float, point.split(","))) for point in mark.attrib["points"].split()]
        x, y = (sum(values) / 4 for values in zip(*points, strict=True))
        assert y == pytest.approx(y0 + (y1 - y0) * (x - x0) / (x1 - x0), abs=0.05)


def test_one_that_fails_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = "".join("{}\n{}\n".format(*marks(part)) for part in ("machine", "goals", "plots", "misses"))
    (tmp_path / "page.md").write_text(page)
    monkeypatch.setattr("benchmarks.__main__.PAGE", tmp_path / "page.md")
    monkeypatch.setattr("benchmarks.__main__.KEPT", tmp_path / "kept.jsonl")
    monkeypatch.setattr("benchmarks.__main__.COMMANDS", ("nothing_of_this_name", "peers --help", "layout"))
    kept: dict[str, Any] = {}
    assert run(["nothing_of_this_name", "layout"], kept) == ["nothing_of_this_name"]
    said = capsys.readouterr().err
    assert "[1 of 2, 0.0 min] nothing_of_this_name" in said
    assert "No module named benchmarks.nothing_of_this_name" in said
    assert list(kept) == ["layout"]
    assert kept["layout"]["seconds"] > 0
    assert json.loads((tmp_path / "kept.jsonl").read_text())["command"] == "layout"
    assert "layout of 3,000 nodes (`layout`)" in (tmp_path / "page.md").read_text()


def test_what_there_is_can_be_listed() -> None:
    lines = listed().splitlines()
    assert [text[:26].strip() for text in lines[: len(COMMANDS)]] == list(COMMANDS)
    assert all(text.split()[0] in PACKAGES for text in lines[len(COMMANDS) :])


def test_the_machine_is_said() -> None:
    assert machines({}) == "Nothing was measured yet."
    kept = line({}) | line({}, "gaps")
    kept["gaps"] |= {"date": "2026-01-05", "seconds": 120.0}
    assert machines(kept) == "Measured 2026-01-02 to 2026-01-05 on m; 2 minutes in all."
