"""Organisations that contribute, and their members.

A cluster has a Land, technology fields and perhaps an ECEI label; people belong to it by a
membership, which they get by accepting an invitation.
"""
