"""No example has a deadline, as the machine may be busy. `--hypothesis-profile=deep` digs for minutes."""

from hypothesis import settings

settings.register_profile("rules", deadline=None, max_examples=60)
settings.register_profile("deep", deadline=None, max_examples=3000)
settings.load_profile("rules")
