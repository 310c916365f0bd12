"""The Manager: a folder per page family, with its views, forms, urls and templates."""
