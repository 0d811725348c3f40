"""Widgets of the style studio; they do not know the page that puts them together."""
