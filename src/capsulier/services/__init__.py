"""What people and programs do: one use case a file, one public function, its transaction in it.

Each asks first who acts and whether they may; what is refused has changed nothing.
"""
