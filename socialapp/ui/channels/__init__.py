"""The connected accounts: their state, pause and resume, and what the sandbox is told to do."""
