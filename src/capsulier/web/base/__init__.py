"""What every page stands on: layout, who asks, refusals as pages, the tags that draw icons, statuses and times."""
