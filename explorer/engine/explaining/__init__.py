"""Rules that say how a number of each layer kind came about, in the words of `explorer.maths.explanations`."""
