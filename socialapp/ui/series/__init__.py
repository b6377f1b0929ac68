"""Series: what repeats, when next, and the ways to change it."""
