"""National sources, and the CAP documents that we read and write."""
