"""One file per channel kind; what a kind alone needs beyond one file is a folder of that name."""
