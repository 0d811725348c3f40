"""What the style studio remembers of its settings."""

from __future__ import annotations

import pytest

from explorer.probes.style import Style
from explorer.workspace.settings import Settings
from explorer.workspace.style_memory import NAME, remember, remembered


def test_settings_come_back_and_broken_ones_do_not(qapp) -> None:
    Settings().set_choice(NAME, "")
    assert remembered() == Style()
    remember(Style(style_weight=12.5, optimizer="Adam", steps=7))
    assert remembered() == Style(style_weight=12.5, optimizer="Adam", steps=7)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "7", '{"steps": 0}', '{"steps": "x"}', '{"optimizer": "magic"}', '{"style_weight": NaN}', "null"],
)
def test_what_is_none_gives_the_usual_ones(qapp, text: str) -> None:
    Settings().set_choice(NAME, text)
    assert remembered() == Style()


def test_settings_of_a_later_version_are_left_out(qapp) -> None:
    Settings().set_choice(NAME, '{"steps": 9, "magic": true}')
    assert remembered() == Style(steps=9)
