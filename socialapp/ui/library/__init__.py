"""The pictures and videos of a workspace."""
