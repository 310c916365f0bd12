"""The page behind the link of an alert: hear no more of this job for a while."""
