"""The desk: what people decide about messages, channels and each other."""
