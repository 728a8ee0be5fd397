"""Real servers on loopback, begun and ended by process id, their data under a temporary folder."""
