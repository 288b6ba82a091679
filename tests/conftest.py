"""What holds for every test."""

from hypothesis import settings

# How long an example takes says how busy the machine is: what hangs is ended by the timeout of its test.
settings.register_profile("flotta", deadline=None)
settings.load_profile("flotta")
