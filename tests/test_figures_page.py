"""The page of figures says what was measured, and whether it is enough."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import BEGIN, END, KEPT, PAGE, read
from benchmarks.page import ROWS, Goal, Row, found, table, verdict

ROOT = Path(__file__).parents[1]


def test_every_row_names_a_benchmark() -> None:
    for row in ROWS:
        assert (ROOT / "benchmarks" / f"{row.command.split()[0]}.py").is_file()
        assert all(goal.over in ("", *row.peers) for goal in row.goals), row.what


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


def test_the_table_is_that_of_what_was_kept() -> None:
    page = PAGE.read_text("utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0].strip() == table(read())
    commands = [json.loads(line)["command"] for line in KEPT.read_text("utf-8").splitlines()] if KEPT.exists() else []
    assert len(set(commands)) == len(commands)
    assert set(commands) <= {row.command for row in ROWS}


def test_what_was_not_measured_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (Row("start", "startup", "s", "s", {"Qt": "qt"}, (Goal(most=0.5),)), Row("gaps", "gaps", "a"))
    monkeypatch.setattr("benchmarks.page.ROWS", rows)
    line = {"command": "startup", "date": "2026-01-02", "load": 0.1, "figures": {"s": 0.4, "qt": 0.3}}
    *_, first, second = table({"startup": line}).splitlines()
    assert first == "| start (`startup`) | 0.4 s | Qt 0.3 | at most 0.5, met | 2026-01-02, 0.1 |"
    assert second == "| gaps (`gaps`) | not measured | | | |"
