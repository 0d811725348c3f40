"""Controls any part of the window may use, and the words they say."""
