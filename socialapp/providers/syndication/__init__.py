"""Feeds of others: RSS, Atom and JSON Feed, read politely and parsed in a process of its own."""
