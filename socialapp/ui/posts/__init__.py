"""Every post of the workspace, drafts first of all."""
