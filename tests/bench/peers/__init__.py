"""The same work by other means: each peer a program of its own, in its own tool's usual words.

Those that remove reminders (`bare`, `webdriver`, `removals.robot`) are given their job as a JSON file. Each signs in,
says `begun`, removes the reminders, says `ended`, and goes on each time when it is answered (`loop`), so that the
measured time and processor are those of the removals alone. Those that hand out items (`steps` of Flotta's ledger,
`elements` of OpenOrchestrator, `jobs` of Procrastinate) do so in the same way (`queues`).
"""
