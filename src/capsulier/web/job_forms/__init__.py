"""The forms that make and change a job: new, create from, upgrade, settings, with the schedule editor."""
