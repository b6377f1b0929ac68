"""The door for programs: a file per noun; its readable page is /api/docs."""
