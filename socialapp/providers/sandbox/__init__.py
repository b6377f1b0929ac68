"""The network on this machine: an adapter that speaks HTTP to it, and its server."""
