"""What is made of a folder's pictures has the names one expects, and nothing is written over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.formats.png_names import png_names
from explorer.maths.records import PICTURE_ENDINGS

part = st.text("aA.ß1 (2)", min_size=1, max_size=4).filter(lambda name: name.strip(".") == name)
ending = st.sampled_from([*PICTURE_ENDINGS[:3], ".PNG", ".jpg.png", ".png.jpg", ".png.png"])
paths = st.builds(lambda parts, last: "/".join(parts) + last, st.lists(part, min_size=1, max_size=3), ending)


def test_a_picture_keeps_its_name() -> None:
    assert png_names(["photo.jpg", "in/x.webp", "b.png", "two.dots.JPG"]) == {
        "photo.jpg": "photo.png", "in/x.webp": "in/x.png", "b.png": "b.png", "two.dots.JPG": "two.dots.png",
    }  # fmt: skip


def test_names_that_would_meet_stay_apart() -> None:
    assert png_names(["a.jpg", "a.png", "a.webp"]) == {
        "a.jpg": "a.jpg.png", "a.png": "a.png", "a.webp": "a.webp.png",
    }  # fmt: skip
    assert png_names(["a.gif", "a.jpg"]) == {"a.gif": "a.gif.png", "a.jpg": "a.jpg.png"}
    assert png_names(["a.jpg", "a.jpg.png", "a.png"])["a.jpg"] == "a.jpg (2).png"
    assert png_names(["b.jpg", "b.png/in.jpg"])["b.jpg"] == "b.jpg.png", "b.png is a folder"


@given(st.lists(paths, unique=True, max_size=12))
def test_no_two_are_the_same_and_none_is_a_folder(found: list[str]) -> None:
    files = [path for path in found if not any(other.startswith(f"{path}/") for other in found)]
    names = png_names(files)
    assert sorted(names) == sorted(files)
    made = [name.casefold() for name in names.values()]
    assert len(set(made)) == len(made)
    assert all(name.endswith(".png") for name in names.values())
    assert not [one for one in made for other in made if other.startswith(f"{one}/")]
    assert all(names[path].rpartition("/")[0] == path.rpartition("/")[0] for path in files)
