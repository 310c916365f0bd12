"""What the words mean: states, schedules, limits, names, access. Pure: no I/O, no Django, no clock of its own."""
