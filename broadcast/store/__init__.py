"""The store: rows in SQLite or PostgreSQL, values outside. Rows never leave this package."""
