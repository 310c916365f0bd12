"""What started an execution, in words."""

from capsulier.store.models import Execution

TRIGGERS = {"manual": "By hand", "api": "API", "schedule": "Schedule", "retry": "Retry"}


def trigger_words(execution: Execution) -> str:
    """Who or what started it. `triggered_by` and, for a retry, `retry_of` are best read along."""
    if execution.trigger == "retry" and execution.retry_of:
        return f"Retry of #{execution.retry_of.number}"
    words = TRIGGERS.get(execution.trigger, execution.trigger.capitalize())
    return f"{words}, {execution.triggered_by}" if execution.triggered_by else words
