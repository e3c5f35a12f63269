"""Stands before the real package where Ray is started or the site is built: jsonschema builds that one's grammar at each start, 3 s."""
raise ImportError("left out")
