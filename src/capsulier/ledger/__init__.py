"""The only writer of execution states and fires: named SQL, in batches, each move guarded by the state before it.

A call is one transaction, or part of the caller's, which then has to fail with it. What it moved it answers with; a
move that finds its execution in another state already is left out of the answer: somebody was first.
"""
