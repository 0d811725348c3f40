"""Small explained algorithms and result records; numpy only."""
