"""The commands, by what they are about. Each function is one; its docstring is its help."""
