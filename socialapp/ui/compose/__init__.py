"""Write a post: the editor, its preview, and what became of it."""
