"""Two wordings over comparable slots, and what came of them."""
