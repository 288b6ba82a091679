"""The third-party systems' screens, in the operator's verbs: one module per system, returning that system's records.

Each module names its class `SYSTEM`, which the worker opens with a session and an account.
"""
