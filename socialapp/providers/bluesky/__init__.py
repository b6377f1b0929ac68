"""Bluesky, and every other server of the AT Protocol that its posts can be written to."""
