"""The door for programs: a file per noun; the contract is docs/API.md and /api/docs."""
