"""What goes over the wire, a file per resource. Names here are fixed: other people's programs hang on them."""
