"""Lists and tables as Qt models, with the words in their cells."""
