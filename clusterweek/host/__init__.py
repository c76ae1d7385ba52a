"""A cluster's desk: its activities, what they still need, who has signed up.

Every page starts from the person's own clusters (the programme office may open any). Whatever changes an activity goes
through `registrations/activity_changes.py`, which tells the attendees.
"""
