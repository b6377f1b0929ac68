"""Sources: feeds whose new items become posts."""
