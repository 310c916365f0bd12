"""Running placements on machines of which we only know that they have Python and reach the web process: what an engine
of a cluster is built from."""
