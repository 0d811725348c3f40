"""Values whose classes share their methods: the standard library's dataclass is the oracle."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import explorer.engine.questions as questions
import explorer.maths.records as records
from explorer.maths.values import dataclass

Make = Callable[[type], type]
NAMES = ("a", "b", "c", "d", "no_field")


def classes(make: Make) -> type:
    """The same class by one or the other way, with every kind of field that is used."""

    @make
    class Thing:
        """What it is."""

        a: int
        b: tuple[int, ...] = (1,)
        c: dict[str, int] = dataclasses.field(default_factory=dict)
        d: float = dataclasses.field(default=0.5, compare=False, repr=False, metadata={"low": 0})

        def __post_init__(self) -> None:
            if self.a == 7:
                raise ValueError("seven")

    return Thing


OURS, THEIRS = classes(dataclass(frozen=True)), classes(dataclasses.dataclass(frozen=True))
values = st.one_of(st.integers(0, 8), st.just((1,)), st.just({"x": 1}), st.just(float("nan")))


def outcome(work: Callable[[], Any]) -> Any:
    """What comes of it, or the kind of error."""
    try:
        return work()
    except (TypeError, ValueError, AttributeError) as error:
        return type(error)


@given(st.lists(values, max_size=5), st.dictionaries(st.sampled_from(NAMES), values, max_size=5))
def test_a_value_is_made_as_the_library_makes_it(given, named) -> None:
    ours, theirs = (outcome(lambda kind=kind: kind(*given, **named)) for kind in (OURS, THEIRS))
    if isinstance(theirs, type):
        assert ours is theirs
        return
    assert list(vars(ours).items()) == list(vars(theirs).items())
    assert repr(ours) == repr(theirs)
    assert outcome(lambda: hash(ours)) == outcome(lambda: hash(theirs))


@given(st.lists(values, min_size=1, max_size=4), st.lists(values, min_size=1, max_size=4))
def test_two_values_are_equal_where_the_library_says_so(one, other) -> None:
    if 7 in (one[0], other[0]):
        return
    assert (OURS(*one) == OURS(*other)) == (THEIRS(*one) == THEIRS(*other))
    assert OURS(*one) != THEIRS(*one)


def test_a_value_does_not_change() -> None:
    thing = OURS(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match=r"^cannot assign to field 'a'$"):
        thing.a = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match=r"^cannot delete field 'b'$"):
        del thing.b
    assert thing == OURS(1)


def test_what_is_wrong_is_said() -> None:
    for work, said in (
        (lambda: OURS(), "needs a value for 'a'"),
        (lambda: OURS(1, 2, 3, 4, 5), "has 4 fields, not 5"),
        (lambda: OURS(1, a=2), "'a' is given twice"),
        (lambda: OURS(1, e=2), "'e' is no field of it"),
    ):
        with pytest.raises(TypeError, match=said):
            work()


def test_the_library_works_with_it() -> None:
    thing = OURS(1, c={"x": 2})
    assert dataclasses.replace(thing, a=3) == OURS(3, c={"x": 2})
    assert dataclasses.asdict(thing) == dataclasses.asdict(THEIRS(1, c={"x": 2}))
    assert [(f.name, dict(f.metadata)) for f in dataclasses.fields(OURS)] == [
        (f.name, dict(f.metadata)) for f in dataclasses.fields(THEIRS)
    ]
    assert copy.deepcopy(thing) == thing
    match thing:
        case OURS(a, b):
            assert (a, b) == (1, (1,))


def test_values_made_by_a_factory_are_not_shared() -> None:
    assert OURS(1).c is not OURS(1).c


def test_by_identity_where_asked() -> None:
    kind = classes(dataclass(frozen=True, eq=False))
    one = kind(1, c={"not": "hashable"})
    assert one == one
    assert one != kind(1, c={"not": "hashable"})
    assert len({one, one}) == 1


def test_a_value_crosses_to_another_process() -> None:
    question = questions.Decode(questions.PictureFile("a.png"), longest=9)
    back = pickle.loads(pickle.dumps(question))
    assert back == question
    assert hash(back) == hash(question)
    assert type(back) is questions.Decode


def test_what_the_shared_methods_cannot_do_is_refused() -> None:
    with pytest.raises(ValueError, match="no plain frozen dataclass"):
        classes(dataclass(frozen=False))

    class Later:
        a: int = dataclasses.field(init=False, default=0)

    class Passed:
        a: dataclasses.InitVar[int] = 0

    for kind in (Later, Passed):
        with pytest.raises(ValueError, match="no plain frozen dataclass"):
            dataclass(frozen=True)(kind)


def test_a_class_may_have_a_method_of_its_own_and_a_class_below() -> None:
    @dataclass(frozen=True)
    class Base:
        a: int

        def __repr__(self) -> str:
            return "a base"

    @dataclass(frozen=True)
    class Below(Base):
        b: int = 2

    assert (repr(Base(1)), repr(Below(1))) == ("a base", f"{Below.__qualname__}(a=1, b=2)")
    assert Below(1) == Below(1, 2)
    assert Base(1) != Below(1)


def test_questions_and_records_have_no_method_made_for_them() -> None:
    for module in (questions, records):
        members = [kind for _, kind in inspect.getmembers(module, dataclasses.is_dataclass)]
        made = {kind.__init__ for kind in members if kind.__module__ == module.__name__}
        assert made == {OURS.__init__}
