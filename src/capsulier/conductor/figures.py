"""What the leading conductor measures of itself."""

from capsulier.figures import WAITING_S, ProcessFigures

FIGURES = ProcessFigures("conductor")

TRANSACTION = FIGURES.histogram(
    "transaction_seconds", "How long a transaction took in the conductor's database thread, by what it does.", ["work"]
)
DATABASE_FAILURES = FIGURES.counter("database_failures", "How often the database did not answer the conductor.")
LAST_TURN = FIGURES.gauge(
    "last_turn_timestamp_seconds", "When the conductor last recorded ends and placed what may start."
)
START_LATENCY = FIGURES.histogram(
    "start_latency_seconds",
    "From when an execution could leave the queue (queued, its retry's delay over) to when its program began.",
    buckets=WAITING_S,
)
FIRE_LATENESS = FIGURES.histogram(
    "fire_lateness_seconds",
    "From when a schedule was due to when its execution was queued.",
    buckets=WAITING_S,
)
