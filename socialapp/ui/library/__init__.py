"""The pictures and films of a workspace."""
