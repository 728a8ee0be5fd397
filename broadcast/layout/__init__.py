"""Laying out: sign pages, and typst and ICML stories. Pure."""
