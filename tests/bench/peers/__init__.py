"""The same removals by other means: each peer a program of its own, in its own tool's usual words.

A peer is given its job as a JSON file. It signs in, says `begun`, removes the reminders, says `ended`, and goes on each
time when it is answered (`loop`), so that the measured time and processor are those of the removals alone.
"""
