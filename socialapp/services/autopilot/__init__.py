"""Autopilot: photographs in, the best one out at each moment of a persona, and stop."""
