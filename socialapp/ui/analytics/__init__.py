"""Analytics: what people did with what is out, as far as networks say it."""
