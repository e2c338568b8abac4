"""Long work in the background: its progress, its leases, its schedule.

The queue itself is django-tasks; a queued task only says « look at this row ». A row that nobody
finishes is asked for again by the sweep, so a killed worker loses nothing.
"""
