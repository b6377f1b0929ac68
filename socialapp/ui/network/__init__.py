"""A channel's own page: its access, its network's limits, defaults, a dry run, what goes out."""
