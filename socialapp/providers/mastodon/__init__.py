"""Mastodon, and what speaks its API: GoToSocial, Pleroma, Akkoma, Pixelfed, Friendica."""
