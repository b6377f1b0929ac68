"""The public timeline of the network that is built in."""
