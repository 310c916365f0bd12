"""What every page stands on: the layout, who asks, refusals as pages, and the tags that draw icons, statuses and times."""
