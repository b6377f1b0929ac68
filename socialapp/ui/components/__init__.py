"""Pieces that several screens use; the few local .jsx widgets are beside their Python."""
