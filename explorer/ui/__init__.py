"""What is seen: shows values, calls the workspace."""
