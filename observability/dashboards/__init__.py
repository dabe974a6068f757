"""Dashboards of a stack as plain data, from the records of its components.

Nothing here imports Pulumi, so that they can be drawn and written as files; values may be Outputs all the same.
See docs/adr/0013-one-dashboard-for-each-board.md.
"""
