"""What makes files in `resources/` afresh; the program itself never runs it."""
