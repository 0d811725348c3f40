"""What is open: document, undo, worker, session, settings; no widgets and no torch."""
