"""The place where a page is written, and from which it is seen going out."""
