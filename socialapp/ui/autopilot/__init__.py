"""The photographs that are posted by themselves."""
