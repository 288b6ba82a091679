"""Drift: what is found again on a changed screen, what is taken for it wrongly, and what is said not to be there."""
