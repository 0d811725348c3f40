"""Which patches of pictures are looked for."""

from __future__ import annotations

from explorer.network.settings import Settings, setting


class PatchChoice(Settings):
    """The places of pictures at which a channel answers most strongly, or least."""

    count: int = setting(9, "number", "How many are kept of each channel", low=1, high=100)
    one_per_picture: bool = setting(True, "switch", "At most one place of each picture")
    lowest: bool = setting(False, "switch", "The lowest numbers instead of the highest")
    ignore_padding: bool = setting(
        False, "switch", "Leave out places that see more of the padding than others: these may answer to the border"
    )
    by_class: bool = setting(
        False, "switch", "So many of each class: what lies in one folder of the chosen folder is a class"
    )
