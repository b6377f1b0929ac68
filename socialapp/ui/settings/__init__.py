"""Settings: the workspace, oneself, the browsers one is signed in with, keys, publishing."""
