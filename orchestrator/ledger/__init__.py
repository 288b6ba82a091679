"""The durable record of runs, items and steps: the only truth about what was planned, sent and seen to happen.

`tables` is the schema, `store` every question and every change, `vault` what keeps personal data unreadable at rest.

A step's life, each arrow one conditional UPDATE:

    todo ──► intent ──► done                  receipt stored
     ▲         ├──────► uncertain ──► done    `confirm` found it
     │         │            ├──────► todo     seen not to have happened, after deadline and settling time
     └─────────┘            └──────► uncertain, and its item referred: only a person can tell
    nothing was sent

A business key may be in {intent, uncertain, done} once per installation of a system, whichever run asks: the database
refuses the second.
"""
