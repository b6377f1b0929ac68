"""The posting hub: everything that is planned, out, or stuck, and what to do with it."""
