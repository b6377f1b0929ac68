"""WordPress: posts and pages on a site of one's own, through its REST API."""
