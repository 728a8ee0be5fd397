"""The clock that wakes the dispatcher; it comes with the relay of national feeds.

Until then `broadcast send` does all that is due, called by hand or by cron.
"""
