"""The bots, and the kit they are written with.

A bot decides with pure rules and acts through screens. It never sees a page, a clock or a database: those belong to
`bots.browser` and to `orchestrator`, which imports from here and is never imported back.
"""
