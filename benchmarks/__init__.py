"""What is measured, beside its peers: `python -m benchmarks --list`."""

import sys
from pathlib import Path

PEERS = Path(__file__).resolve().parents[1] / ".peers"
"""Where `python -m benchmarks.peers` puts programs that only benchmarks need."""

if str(PEERS) not in sys.path:
    sys.path.append(str(PEERS))  # at the end: a peer never takes the place of what we ourselves use
