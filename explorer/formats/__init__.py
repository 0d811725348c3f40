"""Read and write files; no torch."""
