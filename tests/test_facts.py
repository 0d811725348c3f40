"""The course's numbers: what the notes say, what our rules compute, and who is right."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
import torch

from explorer.classics.book import BOOK
from explorer.classics.facts import Fact, shown
from explorer.maths.boxes import iou
from explorer.maths.filters import convolve, correlate, flipped
from explorer.maths.losses import chi_square, descended, gram, object_loss, squared_distance, triplet_loss
from explorer.network.analysis import analyse, faulty

SHARED = Path(__file__).resolve().parents[2] / "shared"
NOTES = SHARED / "FACTS.md"


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


@pytest.mark.skipif(not NOTES.exists(), reason="the notes lie beside the project")
def test_quotes_are_the_notes_own_words() -> None:
    notes = " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in (SHARED / "notes").glob("*.txt"))
    assert [fact.quote for fact in BOOK if fact.quote not in notes] == []
    assert sum(bool(fact.quote) for fact in BOOK) >= 55


def test_the_notes_are_called_wrong_by_their_own_words() -> None:
    assert [fact.claim for fact in BOOK if fact.right is not None and not fact.quote] == []
    assert [fact.claim for fact in BOOK if len(fact.quote) > 120] == []


def test_losses_by_hand() -> None:
    assert squared_distance((1, 2), (4, 6)) == 25
    assert triplet_loss((0, 0), (3, 4), (6, 8), 10) == 0
    assert triplet_loss((0, 0), (3, 4), (5, 0), 10) == 10
    assert chi_square((1, 0, 0), (3, 0, 5)) == 1 + 5
    assert gram([(1, 0, 2), (0, 3, 1)]) == [[5, 2], [2, 10]]
    assert object_loss((1, 2, 3), (0, 2, 5)) == 5
    assert object_loss((0, 2, 3), (1, 9, 9)) == 1
    assert descended(lambda x: 2 * x, 1, Fraction(1, 4), 3) == Fraction(1, 8)


def test_the_gram_matrix_is_torch_s() -> None:
    channels = torch.randint(-9, 9, (5, 30))
    assert gram(channels.tolist()) == (channels @ channels.T).tolist()


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
