"""Texts that are used again: snippets, groups of hashtags, templates."""
