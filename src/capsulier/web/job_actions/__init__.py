"""What one does to a job wherever it is shown: run, stop, delete, restore; the buttons and the menu for it."""
