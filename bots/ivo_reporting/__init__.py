"""Quarterly reports to IVO of support that was granted and not carried out in time (plan chapter 3.3).

The law: socialtjänstlagen (2025:400) 34 kap. 1-4 §§, before 2025-07-01 socialtjänstlagen (2001:453) 16 kap. 6 f-i §§;
LSS 28 f-h §§. The plan's "4 kap. 1 § SoL" is the old law's; decisions made under it are still reported.

Decided 2026-11-22, where the sources leave room:

- Three months are counted from the day of the decision or of the interruption, not from the day that the support was to
  begin; the last day is not moved when it falls on a holiday (that rule is about what somebody must do).
- Support is late the day after those three months. Whether a quarter that ends on the very last day counts it is a
  question that IVO has not answered: `Case.on_the_day` says it.
- What was late and then carried out before the report is still reported as new, with the day that it was carried out.
- What should have been told in an earlier quarter, and was not, is told now, if it went on into this one. What was over
  in the quarter before is asked about; what was over earlier still is history.
- What IVO itself shows outweighs what was noted here. A case there under another reference, of the same person and day,
  is never doubled and never followed up by the bot: a person says what it is.
- A note's own text never goes to IVO: it may hold a diagnosis. What is written there is composed from facts.
"""
