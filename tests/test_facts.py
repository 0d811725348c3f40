"""The course's numbers: what the notes say, what our rules compute, and who is right."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from explorer.classics.book import BOOK
from explorer.classics.facts import Fact, shown
from explorer.maths.boxes import iou
from explorer.maths.filters import convolve, correlate, flipped
from explorer.network.analysis import analyse, faulty

NOTES = Path(__file__).resolve().parents[2] / "shared" / "FACTS.md"


@pytest.mark.parametrize("fact", BOOK, ids=lambda fact: f"{fact.topic}: {fact.claim}"[:60])
def test_the_notes_are_right_or_wrong_as_we_say(fact: Fact) -> None:
    if fact.right is None:
        assert fact.holds, f"the notes say {shown(fact.noted)}, we compute {shown(fact.computed)}"
    else:
        assert fact.computed == fact.right
        assert not fact.holds
    assert fact.proof.text()
    if fact.proof.network is not None:
        network = fact.proof.network()
        assert not faulty(analyse(network))
        assert not fact.proof.node or fact.proof.node in network.nodes


def test_the_book_is_whole() -> None:
    assert len(BOOK) >= 150
    assert len({(fact.topic, fact.claim) for fact in BOOK}) == len(BOOK)
    assert sum(fact.right is not None for fact in BOOK) >= 12


@pytest.mark.skipif(not NOTES.exists(), reason="the test book lies beside the project")
def test_every_large_number_stands_in_the_book() -> None:
    """None of them was made up here."""
    numbers = set(re.findall(r"\d[\d,]*\d", NOTES.read_text()))
    ours = {value for fact in BOOK for value in (fact.noted, fact.right) if isinstance(value, int) and value > 999}
    rounded = {160_000_000}  # “160M” there
    missing = [value for value in ours if not {f"{value:,}", str(value)} & numbers and value not in rounded]
    assert missing == []


def test_filters_by_brute_force() -> None:
    image, kernel = [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 2], [3, 4]]
    assert correlate(image, kernel) == [[37, 47], [67, 77]]
    assert flipped(kernel) == [[4, 3], [2, 1]]
    assert convolve(image, kernel) == [[23, 33], [53, 63]]


def test_boxes_that_do_not_meet_or_are_empty() -> None:
    assert iou((0, 0, 1, 1), (2, 2, 3, 3)) == 0
    assert iou((0, 0, 0, 5), (0, 0, 0, 5)) == 0
    assert iou((0, 0, 2, 2), (0, 0, 2, 2)) == 1
    assert iou((0, 0, 2, 2), (1, 0, 3, 2)) == Fraction(1, 3)
