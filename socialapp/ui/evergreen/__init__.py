"""Evergreen lists: what goes round, what comes next and why."""
