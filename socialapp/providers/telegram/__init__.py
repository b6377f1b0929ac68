"""Telegram, through a bot that may post in a channel or group."""

from socialapp.providers.telegram.adapter import Telegram

__all__ = ["Telegram"]
