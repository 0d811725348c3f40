"""J = α·J_content + β·J_style with the numbers of the moment that is looked at."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.controls.labels import Text
from explorer.ui.theme import GRID
from explorer.workspace.style_studio import StyleStudio

ROUNDING = 1e-9
"""Costs of a layer below this come from 32-bit numbers alone: they are means of what is divided by its mean square."""


class CostWords(QWidget):
    """The formula, and under it the same with numbers."""

    def __init__(self, studio: StyleStudio) -> None:
        super().__init__()
        self._studio = studio
        self.setAccessibleName("Costs")
        self.formula, self.numbers = Text(), Text()
        self.sum = Text(size="title", wrap=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GRID // 2)
        column.setSpacing(0)
        for text in (self.formula, self.numbers, self.sum):
            column.addWidget(text)
        studio.changed.connect(self.follow)
        studio.grown.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show what the moment costs that is looked at."""
        studio = self._studio
        moment = studio.timeline.moment
        settings = moment.made.settings if moment is not None else studio.setup.settings
        smooth = "\n+ s·J_variation(G)" if settings.smoothness else ""  # on a line of its own: lines must not jump
        self.formula.say(f"J(G) = α·J_content(C, G) + β·J_style(S, G){smooth}")
        if moment is None or moment.result is None:
            self.numbers.say(f"α = {_weight(settings.content_weight)}, β = {_weight(settings.style_weight)}")
            self.sum.say("")
            return
        costs = moment.result.costs
        content, style, smooth = (written(one, 4) for one in (costs.content, costs.style, costs.smoothness))
        said = f"= {_weight(settings.content_weight)} · {content} + {_weight(settings.style_weight)} · {style}"
        if settings.smoothness:
            said += f"\n+ {_weight(settings.smoothness)} · {smooth}"
        self.numbers.say(said)
        self.sum.say(f"= {costs.total:.5g}")
        self.setAccessibleDescription(f"Step {moment.step}: {self.numbers.text()} {self.sum.text()}")


def written(cost: float, digits: int) -> str:
    """A cost in so many digits; rounding, as that of the content against itself, is 0."""
    return f"{cost if abs(cost) > ROUNDING else 0:.{digits}g}"


def _weight(value: float) -> str:
    """As the form writes it."""
    return f"{int(value):,}" if value == int(value) else f"{value:g}"
