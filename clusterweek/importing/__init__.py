"""Tables in: reading CSV and XLSX, a preview row by row, taking over.

A wrong row stops everything unless the caller asks for the good ones only.
"""
