"""The programme office's desk: queue, editions, clusters and invitations, letters, exports, people.

Everything here asks for the role organiser; decisions themselves live in the rooms below.
"""
