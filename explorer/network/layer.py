"""What every layer kind must say about itself; `explorer.layers` holds the kinds."""

from __future__ import annotations

from dataclasses import Field, FrozenInstanceError, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, dataclass_transform

from explorer.maths.sentences import Refusal
from explorer.network.symbol import Symbol

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, ...]
"""One picture's tensor shape without the batch: (channels, height, width) or (features,)."""

Spans = list[tuple[int, int]]
"""Parts of one axis, each from its first to its last row or column."""

Letters = Literal["course", "torch"]
"""Whose letters formulas use: the course's n, p, f, s, n_C or torch's H, P, K, S, C."""

INPUT_LETTERS: dict[Letters, tuple[str, str, str, str]] = {
    "course": ("n_C", "n_H", "n_W", "n"),
    "torch": ("C", "H", "W", "N"),
}
"""Letters of an input's channels, height, width, and of a vector's length."""


class ShapeError(Refusal):
    """The input shapes do not fit the layer; the message is a sentence for the canvas."""


class SettingError(Refusal):
    """A setting has a value no layer of this kind can have; the message names both."""


def setting(
    default: Any,
    kind: Literal["number", "pair", "padding", "switch", "choice", "fraction"],
    help: str,
    *,
    letters: str = "",
    low: float = 0,
    high: float = 65536,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one editable value: the form, the file format and the formulas all read it.

    kind: "number" a whole number; "pair" one number or (height, width); "padding" a pair, or
    (top, bottom, left, right), or one of `choices`; "switch" yes or no; "choice" one of
    `choices`; "fraction" a float. letters: the course's letter and torch's, with a space between.
    """
    course, _, torch = letters.partition(" ")
    return field(
        default=default,
        metadata={
            "kind": kind,
            "help": help,
            "letters": {"course": course, "torch": torch or course},
            "low": low,
            "high": high,
            "choices": choices,
        },
    )


@dataclass_transform(frozen_default=True, field_specifiers=(setting,))
class Layer:
    """One kind of layer with its settings: a value, compared and hashed by content.

    Each kind is a frozen dataclass without saying so; its methods are these and not generated for each, which would
    take a millisecond a kind when the program starts. Raises SettingError where a setting is out of its range.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    kinds: ClassVar[dict[str, type[Layer]]] = {}
    group: ClassVar[str] = ""
    inputs: ClassVar[int] = 1  # 0: a source; -1: two or more

    def __init_subclass__(cls, group: str = "", inputs: int = 1) -> None:
        cls.group, cls.inputs = group, inputs
        if cls.__name__ in Layer.kinds:
            raise TypeError(f"two layers are called {cls.__name__}")
        Layer.kinds[cls.__name__] = cls
        dataclass(init=False, repr=False, eq=False)(cls)

    def __init__(self, *values: Any, **named: Any) -> None:
        rules = fields(self)
        if len(values) > len(rules):
            raise TypeError(f"{self.kind} takes {len(rules)} settings, not {len(values)}")
        given = dict(zip((f.name for f in rules), values, strict=False))
        if twice := given.keys() & named.keys():
            raise TypeError(f"{self.kind}'s {min(twice)} is given twice")
        given |= named
        for f in rules:
            value = self.__dict__[f.name] = given.pop(f.name, f.default)
            check(self.kind, f.name, value, f.metadata)
        if given:
            raise TypeError(f"{self.kind} has no setting {min(given)}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(f"{self.kind} is a value: make another one with `replace`")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"{self.kind} is a value: make another one with `replace`")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{self.kind}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    @property
    def kind(self) -> str:
        """The name people know it by."""
        return type(self).__name__

    # Overrides name their inputs (`x`, or `*x`); Any lets mypy accept each arity.

    def output(self, *x: Any, **_: Any) -> Shape:
        """Output shape. Raises ShapeError with a sentence for the canvas."""
        raise NotImplementedError

    def parameters(self, *x: Any, **_: Any) -> int:
        """Trained numbers."""
        return 0

    def macs(self, *yx: Any, **_: Any) -> int:
        """Multiply-accumulates for one picture, from output then input shapes; biases not counted."""
        return 0

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        """What part of an input of shape `x` some rows (axis 0) or columns (axis 1) of the output depend on.

        Numbers outside of the input mean padding. A kind that mixes pixels says how; for others place is kept.
        """
        return spans

    def module(self, nn: Any, *x: Any, **_: Any) -> nn.Module:
        """Build the torch module; `nn` is handed in, so describing a layer needs no torch."""
        raise NotImplementedError

    def brief(self) -> str:
        """The key settings in a few characters, for the node on the canvas."""
        return ""

    def symbolic(self, letters: Letters = "course") -> Layer:
        """This layer with `Symbol` settings: its own rules now return formulas."""
        named = {f.name: _named(getattr(self, f.name), f.metadata["letters"][letters]) for f in fields(self)}
        return replace(self, **named)


def check(owner: str, name: str, value: Any, rule: Any) -> None:
    """Raise SettingError unless `value` is what the setting's metadata `rule` allows."""
    kind, low, high, choices = rule["kind"], rule["low"], rule["high"], rule["choices"]
    if kind == "switch":
        fits = isinstance(value, bool)
    elif kind == "choice" or (kind == "padding" and isinstance(value, str)):
        fits = value in choices
    elif kind == "fraction":
        fits = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    else:
        lengths = {"number": (), "pair": (2,), "padding": (2, 4)}[kind]
        parts = value if isinstance(value, tuple) and len(value) in lengths else (value,)
        fits = all(isinstance(p, int) and not isinstance(p, bool) and low <= p <= high for p in parts)
    if not fits:
        number = {"fraction": "a number", "number": "a whole number"}.get(kind, "one or two whole numbers")
        allowed = {
            "switch": "true or false",
            "choice": f"one of {', '.join(choices)}",
            "padding": f"one, two or four whole numbers from {low:g} to {high:g}, or {' or '.join(choices)}",
        }.get(kind, f"{number} from {low:g} to {high:g}")
        raise SettingError(f"{owner}'s {name} must be {allowed}, not {str(value)[:40]!r}")


def _named(value: Any, letter: str) -> Any:
    if not letter or isinstance(value, bool | str | float):
        return value
    if isinstance(value, tuple):
        ends = ("_H", "_W") if len(value) == 2 else ("_top", "_bottom", "_left", "_right")
        return tuple(Symbol(letter + end, part) for end, part in zip(ends, value, strict=True))
    return Symbol(letter, value)


def everything(axis: int, x: Shape) -> tuple[int, int]:
    """All rows or columns of a shape, from the first to the last; a vector is one place."""
    return (0, x[1 + axis] - 1) if len(x) == 3 else (0, 0)


def described(shape: Shape) -> str:
    """A shape as people write it: 64×112×112, or 25,088 for a vector."""
    return f"{int(shape[0]):,}" if len(shape) == 1 else "×".join(str(int(n)) for n in shape)
