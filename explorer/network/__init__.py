"""What a network is: graph, facts, formulas, layout; plain Python."""
