"""Write a network out so that others can use it: source code, model files, diagrams, a page to read."""
