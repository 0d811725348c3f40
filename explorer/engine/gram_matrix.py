"""The Gram matrix of a layer for one picture, as the network's Input sees it.

Source: Gatys, Ecker & Bethge 2015, A neural algorithm of artistic style, arXiv:1508.06576, equation 3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.engine.probes import look
from explorer.engine.questions import Look
from explorer.engine.studio_questions import GramOf
from explorer.maths.gram_records import GramMatrix
from explorer.maths.records import Progress


def gram_matrix(question: GramOf) -> Iterator[Progress | GramMatrix]:
    """G_ij = Σ_k F_ik F_jk / M. Raises ProgramError."""
    for step in look(Look(question.project, question.source, (question.node,), question.device)):
        if isinstance(step, Progress):
            yield step
            continue
        values = step[0].values
        rows = values.reshape(len(values), -1)
        first, second = (min(max(channel, 0), len(values) - 1) for channel in question.pair)
        matrix = (rows @ rows.T / rows.shape[1]).astype(np.float32)
        yield GramMatrix(question.node, matrix, (first, second), values[[first, second]])
