"""Measurements: how fast, how heavy, and what grows. Figures are printed and written down, never asserted.

`python -m tests.bench --help` tells the parts. Nothing here is imported by the product or by other tests.
"""
