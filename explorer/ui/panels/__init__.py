"""One panel a file; a panel hears the document or the session, never another panel."""
