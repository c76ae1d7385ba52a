"""The programme as a file: booklet (PDF), XLSX, CSV, JSON and ICS, all from the same filter.

Each file maker takes the activities that `listing` found and returns bytes.
"""
