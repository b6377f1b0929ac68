"""What we remember: the only room that speaks SQL or keeps files."""
