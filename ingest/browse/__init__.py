"""The pages: a Datasette plugin over the live database, and the server that shows it. Nothing here ever writes."""
