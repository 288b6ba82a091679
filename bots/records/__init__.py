"""What the third-party systems show, as frozen records: one module per system, importing nothing of ours.

Only what some rule needs is in a record. What no rule needs, names above all, is not read from the screen at all.
"""
