"""Pages: the list of them, and the place where one is written."""
