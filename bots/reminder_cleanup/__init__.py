"""Reminder cleanup in Lifecare (plan chapter 3.2): removes reminders that are provably duplicates or out of date.

Decided 2026-11-22, where the sources leave room:

- A reminder that a person has opened but not written in may be removed as out of date, never as a duplicate; one that
  a person has written in is never removed.
- Two twins that were both opened are both kept: which one matters is not for a bot to say.
- A reminder that is itself out of date is no twin: the one that is kept must be one that stays.
- A successor must have begun after the decision that it follows, and be carried out.
- A gap between two decisions is a question for a person (somebody may be without support), not just a reason to leave.
"""
