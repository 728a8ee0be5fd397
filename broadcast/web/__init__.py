"""The pages of a running process: health, state, and the door through which hubs announce."""
