"""What one can ask of a network that runs, as values: methods with their settings, edited by the one form."""
