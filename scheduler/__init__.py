"""The running process: a clock that wakes the dispatcher, a lease that lets only one be active.

APScheduler is the clock only; what is due is always a query, and the rows are the truth.
"""
