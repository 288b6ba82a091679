"""The kit: everything that knows Playwright.

`selector_map` is what a screen should look like, `resolver` finds an element or refuses, `screen` reads and acts,
`session` owns the browser, `versions` tells which map the live system fits, `inspection` holds a map up against it.
"""
