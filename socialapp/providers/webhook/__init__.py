"""Webhook: a program of somebody's own is told of posts and pages, in signed JSON."""

from socialapp.providers.webhook.adapter import Webhook

__all__ = ["Webhook"]
