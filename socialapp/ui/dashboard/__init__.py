"""The first page: what needs attention, what goes out now, what is next."""
