"""What people do: one function per verb; the pages, the API and the terminal share them."""
