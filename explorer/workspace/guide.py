"""The user guide that comes with the program."""

from __future__ import annotations

import re
from pathlib import Path

from explorer.maths.resources import guide
from explorer.maths.values import dataclass

ABOUT = {
    "Layers": "Build a network", "Outline": "Build a network", "Network": "Build a network",
    "Inspector": "Numbers and their reasons",
    "Explain": "Numbers and their reasons", "Summary": "Numbers and their reasons", "Cost": "Numbers and their reasons",
    "Picture": "Look through a trained network", "Predictions": "Look through a trained network",
    "Activations": "See inside", "Filters": "See inside", "Patches": "See inside", "Attribution": "See inside",
    "Effects": "See inside", "Dream": "See inside", "Weights": "Open any network", "History": "Build a network",
    "Gallery": "Begin with a classic", "Model library": "Get a trained network", "Compare": "Compare",
    "Data set": "Look at a data set",
    "The course's facts": "Check a number of the course", "Labs": "Labs",
    "Boxes": "See what a detector finds", "Style studio": "Paint in another style",
    "Weights report": "Open any network",
    "Keys and gestures": "Keys and mouse", "Start": "The first five minutes", "First network": "The first five minutes",
    "Figure": "Make a figure", "Train a style": "Networks that paint", "Open own code": "Open any network",
    "Block": "Build a network", "Histogram": "Look through a trained network",
    "About CNN Explorer": "When something goes wrong",
    "Unsaved changes": "Save", "Changed on disk": "Save", "Keep the picture": "Paint in another style",
    "Name of a view": "Build a network",
    # parts of panels that have a chapter of their own
    "Video player": "Videos and cameras", "What the network paints": "Networks that paint",
    # questions for a file
    "Open network": "Open any network", "Load weights": "Open any network", "Save project": "Save",
    "Add a network to the model library": "Get a trained network",
    "Folder for the model library: its files are moved there": "Get a trained network",
    "Compare with a network": "Compare", "Export network": "Take a network away",
    "Export Keras source": "Take a network away", "Export canvas": "Take a network away",
    "Export summary": "Numbers and their reasons", "Save picture": "Paint in another style",
    "Open picture": "Look through a trained network", "Open folder of pictures": "Look through a trained network",
    "Open video": "Videos and cameras", "Play the pictures of": "Videos and cameras",
    "Record clip": "Videos and cameras", "Save snapshot": "Videos and cameras",
    "Save what was found": "Videos and cameras",
}  # fmt: skip
"""The chapter about each panel, page and dialog, by their names; the innermost name counts."""


@dataclass(frozen=True)
class Chapter:
    """A title and the Markdown under it; pictures are named as files beside the guide."""

    title: str
    text: str

    @property
    def anchor(self) -> str:
        """What links name it by: its title as GitHub writes it in an address."""
        return re.sub(r"[^\w\- ]", "", self.title.lower()).replace(" ", "-")

    @property
    def words(self) -> str:
        """Title and text as they are read: in one line, and without the marks of what is stressed."""
        return " ".join(re.sub(r"[*`]", "", f"{self.title} {self.text}").split())


def chapters() -> tuple[Chapter, ...]:
    """The chapters in their order; none where the guide is not there."""
    try:
        whole = (folder() / "guide.md").read_text("utf-8")
    except OSError:
        return ()
    parts = (part.partition("\n") for part in whole.split("\n## ")[1:])
    return tuple(Chapter(title.strip(), text) for title, _, text in parts)


def beside(name: str) -> Chapter | None:
    """Another page of the guide's folder, which a chapter refers to; None where it is not there."""
    if "/" in name or "\\" in name or not name.endswith(".md"):
        return None
    try:
        title, _, text = (folder() / name).read_text("utf-8").partition("\n")
    except OSError:
        return None
    return Chapter(title.removeprefix("#").strip(), text)


def folder() -> Path:
    """Where its pictures are looked for."""
    return guide()
