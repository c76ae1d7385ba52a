"""Attendees: signing up, confirming, the waiting list, giving up a place.

Also every change of an activity that concerns attendees (`activity_changes.py`): it is the only
caller of `activities.actions.update` and `cancel`.
"""
