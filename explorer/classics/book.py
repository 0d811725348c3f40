"""All facts of the course, in its order."""

from explorer.classics.facts_layers import COURSE, EDGES
from explorer.classics.facts_losses import LOSSES
from explorer.classics.facts_networks import FAMOUS, USES

BOOK = (*EDGES, *COURSE, *FAMOUS, *USES, *LOSSES)
