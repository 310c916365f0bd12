"""The process that fires schedules, hands executions to engines, and records how they end.

One leads, others stand by. Whoever loses the lease ends at once and is started again by its supervisor: what it started
goes on, and the next leader finds it again.
"""
