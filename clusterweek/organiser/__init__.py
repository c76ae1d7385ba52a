"""The programme office's desk: queue, programme, editions, clusters, people, letters, exports.

Organisers decide; viewers and land coordinators read what concerns them. The decisions themselves live in the
rooms below: this one finds, allows, checks, asks back, and shows.
"""
