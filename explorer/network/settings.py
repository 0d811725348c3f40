"""Values made of settings: layer kinds and blocks are such, and one form edits them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, ClassVar, Literal

from explorer.maths.sentences import Refusal

Letters = Literal["course", "torch"]
"""Whose letters formulas use: the course's n, p, f, s, n_C or torch's H, P, K, S, C."""


Sizes = tuple[tuple[float, float], ...]
"""Widths and heights, at least one."""

MOST_SIZES = 100


class SettingError(Refusal):
    """A setting has a value no layer of this kind can have; the message names both."""


def setting(
    default: Any,
    kind: Literal["number", "numbers", "pair", "padding", "switch", "choice", "fraction", "sizes", "text"],
    help: str,
    *,
    letters: str = "",
    low: float = 0,
    high: float = 65536,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one editable value: the form, the file format and the formulas all read it.

    kind: "number" a whole number; "numbers" one to eight of them; "pair" one number or (height, width);
    "padding" a pair, or (top, bottom, left, right), or one of `choices`; "switch" yes or no; "choice" one of
    `choices`; "fraction" a float; "sizes" one or more (width, height), floats; "text" is shown and not edited.
    letters: the course's letter and torch's, with a space between.
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


class Settings:
    """A value whose fields are declared with `setting`, compared and hashed by content.

    Each class below it is a frozen dataclass without saying so; its methods are these and not generated for each,
    which would take a millisecond a class when the program starts. Raises SettingError where a setting is out of
    its range.
    """

    __slots__ = ("__dict__", "__weakref__", "_hashed")  # apart from __dict__, which is the settings and nothing else
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _hashed: int
    _rules: ClassVar[tuple[tuple[str, Any, Mapping[str, Any]], ...]]

    def __init_subclass__(cls) -> None:
        dataclass(init=False, repr=False, eq=False)(cls)
        cls._rules = tuple((f.name, f.default, f.metadata) for f in fields(cls))

    def __init__(self, *values: Any, **named: Any) -> None:
        rules, own = self._rules, self.__dict__
        if len(values) > len(rules):
            raise TypeError(f"{self.kind} takes {len(rules)} settings, not {len(values)}")
        given = dict(zip((name for name, _, _ in rules), values, strict=False))
        if twice := given.keys() & named.keys():
            raise TypeError(f"{self.kind}'s {min(twice)} is given twice")
        given |= named
        for name, default, rule in rules:
            value = own[name] = given.pop(name, default)
            if value is not default:  # which is allowed
                check(self.kind, name, value, rule)
        if given:
            raise TypeError(f"{self.kind} has no setting {min(given)}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(f"{self.kind} is a value: make another one with `replace`")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"{self.kind} is a value: make another one with `replace`")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        try:
            return self._hashed
        except AttributeError:  # asked for the first time: it is a tenth of all work on a network's facts
            found = hash((type(self), *self.__dict__.values()))
            object.__setattr__(self, "_hashed", found)
            return found

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__  # another process hashes texts otherwise

    def __repr__(self) -> str:
        return f"{self.kind}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    @property
    def kind(self) -> str:
        """The name people know it by."""
        return type(self).__name__


def check(owner: str, name: str, value: Any, rule: Any) -> None:
    """Raise SettingError unless `value` is what the setting's metadata `rule` allows. owner: whose setting it is, ""
    where one sees it."""
    kind, low, high, choices = rule["kind"], rule["low"], rule["high"], rule["choices"]
    if kind == "switch":
        fits = isinstance(value, bool)
    elif kind == "choice" or (kind == "padding" and isinstance(value, str)):
        fits = value in choices
    elif kind == "text":
        fits = isinstance(value, str)
    elif kind == "fraction":
        fits = _is_number(value) and low <= value <= high
    elif kind == "sizes":
        fits = isinstance(value, tuple) and 0 < len(value) <= MOST_SIZES
        fits = fits and all(isinstance(size, tuple) and len(size) == 2 for size in value)
        fits = fits and all(_is_number(side) and low <= side <= high for size in value for side in size)
    else:
        lengths = {"number": (), "numbers": range(1, 9), "pair": (2,), "padding": (2, 4)}[kind]
        parts = value if isinstance(value, tuple) and len(value) in lengths else (value,)
        fits = all(isinstance(p, int) and not isinstance(p, bool) and low <= p <= high for p in parts)
    if not fits:
        least, most = (f"{end:,.10g}" if abs(end) >= 1e6 else f"{end:g}" for end in (low, high))
        number = {"fraction": "a number", "number": "a whole number"}.get(kind, "one or two whole numbers")
        allowed = {
            "switch": "true or false",
            "text": "a text",
            "numbers": f"one to eight whole numbers from {least} to {most}",
            "choice": f"one of {', '.join(choices)}",
            "padding": f"one, two or four whole numbers from {least} to {most}{', or ' if choices else ''}"
            f"{' or '.join(choices)}",
            "sizes": f"up to {MOST_SIZES} sizes like 10×13, 16×30, with numbers from {least} to {most}",
        }.get(kind, f"{number} from {least} to {most}")
        words = name.replace("_", " ")
        whose = f"{owner}'s {words}" if owner else words[:1].upper() + words[1:]
        raise SettingError(f"{whose} must be {allowed}, not {str(value)[:40]!r}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
