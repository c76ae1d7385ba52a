"""Activities in other people's calendars: one date as an event, its time zone, and files and invitations around it.

The feeds bind these events, letters carry them, and pages offer them: the same date is the same event everywhere.
"""
