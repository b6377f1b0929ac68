"""Discord, through the webhook of one channel."""

from socialapp.providers.discord.adapter import Discord

__all__ = ["Discord"]
