"""A table is uploaded, understood, checked, imported, and taken back."""
