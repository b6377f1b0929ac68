"""The people of a workspace, and the page of an invitation."""
