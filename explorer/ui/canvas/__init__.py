"""The drawing of a network and the gestures that edit it."""
