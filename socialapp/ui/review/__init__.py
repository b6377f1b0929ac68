"""Review links: the dialog that makes them, and the page that is behind one."""
