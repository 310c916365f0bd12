"""The pages of one job: overview, executions, versions, changes."""
