"""What people type, paste and drop where a file is asked for, as paths."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from PySide6.QtCore import QUrl


def paths_of(typed: str, folder: str) -> list[str]:
    """The paths that a text means, seen from a folder: one, or several names in quotation marks. No disk is asked.

    ~ is the home folder; a file:// address, and a path in quotation marks, are what they stand for.
    """
    text = typed.strip()
    quoted = re.findall(r'"([^"]+)"', text) if re.fullmatch(r'("[^"]+"\s*)+', text) else []
    if not quoted and len(text) > 1 and text[0] == text[-1] == "'":
        quoted = [text[1:-1]]
    return [_path(each, folder) for each in quoted or ([text] if text else [])]


def in_quotes(names: Sequence[str]) -> str:
    """Names as they stand in a line: several in quotation marks."""
    return names[0] if len(names) == 1 else " ".join(f'"{name}"' for name in names)


def _path(text: str, folder: str) -> str:
    if text.startswith("file:"):
        text = QUrl(text).toLocalFile() or text
    return os.path.abspath(os.path.join(folder, os.path.expanduser(text)))
