"""The orchestrator: runs, ledger, guard and command line. It imports the bots; they never import it."""
