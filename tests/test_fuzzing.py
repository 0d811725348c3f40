"""What reads strangers' files refuses what is damaged in a sentence; `tests.fuzzing` tries it a million times."""

from __future__ import annotations

import random
import sys

import pytest

from tests import fuzzing
from tests.fuzzing import parsers

ROUNDS = 300
LONG = [pytest.mark.nightly, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(20_000, marks=LONG)])
@pytest.mark.parametrize("name", list(parsers()))
def test_what_is_damaged_by_chance_is_refused(name: str, rounds: int) -> None:
    parser, chance = parsers()[name], random.Random(name)
    seeds = parser.seeds()
    assert all(parser.attempt(seed) for seed in seeds)
    read = sum(parser.attempt(damaged(chance.choice(seeds), chance)) for _ in range(rounds))
    assert read < rounds, "nothing was refused"


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["no such parser", "5"], 2)])
def test_a_fuzzer_that_is_asked_for_help_tells_its_parsers(words, code, monkeypatch, capfd) -> None:
    """It tried a parser called --help, which ended in a traceback."""
    monkeypatch.setattr(sys, "argv", ["fuzzing", *words])
    assert fuzzing.main() == code
    said = capfd.readouterr()
    assert "safetensors" in said.out
    assert "Traceback" not in said.err


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Cut off, doubled, with a few bytes changed, or with numbers in its text changed."""
    kind, place = chance.randrange(4), chance.randrange(len(data))
    if kind == 0:
        return data[:place]
    if kind == 1:
        return data[:place] + data[chance.randrange(len(data)) :]
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        place = chance.randrange(len(changed))
        digit = kind == 2 and 48 <= changed[place] < 58
        changed[place] = chance.randrange(48, 58) if digit else chance.randrange(256)
    return bytes(changed)
