"""Which class a folder means."""

from __future__ import annotations

from explorer.formats.class_folder import by_order, class_of, folders_of, matched, truths

IMAGENET = ("tench, Tinca tinca", "goldfish", "great white shark", "crane", "cock", "crane")


def test_folders_are_the_first_part_of_a_path() -> None:
    files = ("cat/1.jpg", "dog/old/2.jpg", "cat/3/4.png", "loose.jpg")
    assert [class_of(path) for path in files] == ["cat", "dog", "cat", ""]
    assert folders_of(files) == {"cat": 2, "dog": 1}
    assert truths(files, {"cat": 7}).tolist() == [7, -1, 7, -1]


def test_names_are_found_in_many_ways() -> None:
    names = ("Tinca_Tinca", "tench", "GOLDFISH", "great-white shark", "4", "crane", "99", "unknown", "²")
    found = matched(names, IMAGENET, 6)
    assert found == {"Tinca_Tinca": 0, "tench": 0, "GOLDFISH": 1, "great-white shark": 2, "4": 4}, "two cranes"
    assert matched(("7", "0"), tuple("9876543210"), 10) == {"7": 2, "0": 9}, "a label comes before a number"
    assert matched(("3", "cat"), (), 4) == {"3": 3}
    assert matched(("a", "A"), ("a", "A"), 2) == {"a": 0, "A": 1}


def test_wordnet_ids() -> None:
    labels = ("n01440764 tench", "n01443537_goldfish, Carassius auratus")
    assert matched(("n01443537", "tench", "goldfish", "n99999999"), labels, 2) == {
        "n01443537": 1, "tench": 0, "goldfish": 1,
    }  # fmt: skip
    ids = ("n03000134", "n01440764", "n02979186")
    assert matched(ids, ("a", "b", "c"), 3) == {"n01440764": 0, "n02979186": 1, "n03000134": 2}
    assert matched(ids, ("a", "b", "c", "d"), 4) == {}, "some of the classes: which ones is not known"


def test_classes_without_names_are_the_folders_in_order() -> None:
    """As torchvision's ImageFolder numbers them, which is what most training programs took them by."""
    names = ("dogs", "Zebra", "cats")
    assert by_order(names, (), 3)
    assert matched(names, (), 3) == {name: number for number, name in enumerate(sorted(names))}
    for folders, labels, classes in (
        (names, (), 4), (names, (), 2), (names, ("a", "b", "c"), 3), (("0", "cats"), (), 2), (("cats",), (), 1),
    ):  # fmt: skip
        assert not by_order(folders, labels, classes)
        assert matched(folders, labels, classes).keys() <= {"0"}
