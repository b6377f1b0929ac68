"""What the clock does: the protocol that turns a due delivery into one post."""
