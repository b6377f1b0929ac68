"""The first page: what needs a person, what goes out now, what is next."""
