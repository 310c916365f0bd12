"""API tokens: one's own in the account, those that open a platform in Administration."""
