"""What one should know of a trained network before it is fetched, as the library and the start page say it."""

from __future__ import annotations

from explorer.maths.records import ModelCard
from explorer.ui.controls.words import bytes_in_words, counted

VERBS = ("names", "reads", "draws", "finds")


def size_in_words(card: ModelCard) -> str:
    """How large it is, and who would be asked for it."""
    size = f"{counted(card.parameters, 'parameter')} · {bytes_in_words(card.size)}"
    return f"{size} on this computer" if card.installed else f"{size} to download from {card.host}"


def licence_in_words(card: ModelCard) -> str:
    """Its licence, and what that forbids."""
    return f"Licence: {card.licence}" + (f", {card.restriction}." if card.restriction else ".")


def missing_in_words(card: ModelCard) -> str:
    """That it is not here, and what one should know before it is fetched."""
    return (
        f"is not on this computer yet: {bytes_in_words(card.size)} from {card.host}, {card.source}. "
        f"{licence_in_words(card)}\n{sha_in_words(card)}"
    )


def card_in_words(card: ModelCard) -> str:
    """What it does, how large it is, how good, what it was trained on, and under which licence."""
    lines = [
        f"It {card.task}." if card.task.startswith(VERBS) else f"{card.task.capitalize()}.",
        size_in_words(card) if card.installed or card.host else "Its file is no longer where it was.",
        card.accuracy,
        f"Trained on {card.trained_on}." if card.trained_on else "",
        licence_in_words(card),
    ]
    if card.begun and not card.installed:
        lines.append(f"{bytes_in_words(card.begun)} came before the download was interrupted.")
    return "\n".join(line for line in lines if line)


def sha_in_words(card: ModelCard) -> str:
    """By what its files are known, as far as that is known; digits in lines of 32."""
    return _known(card, "\n", ":\n")


def sha_in_lines(card: ModelCard) -> str:
    """The same with a file in a line, where there is room for 64 digits."""
    return _known(card, "", ": ")


def _known(card: ModelCard, half: str, before: str) -> str:
    if len(card.sha256) < 64:
        return (
            f"Only the first digits of its SHA-256 are known before it is here, as its publisher says: {card.sha256}. "
            "They are checked when it comes; all 64 are written down then, and checked at every opening."
        )
    digits = [("SHA-256, checked at every opening", card.sha256), *card.beside]
    return "\n".join(f"{what}{before}{sha[:32]}{half}{sha[32:]}" for what, sha in digits)
