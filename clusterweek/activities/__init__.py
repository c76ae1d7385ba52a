"""What clusters offer: activities, their occurrences, and moderation.

An activity has two axes: `review_status` (draft … published) and `happening` (confirmed, cancelled …).
Whatever concerns attendees of a change goes through `registrations/activity_changes.py`.
"""
