"""The pages: a Datasette plugin over the live database, and the server that shows it.

Everything is read-only but `newsroom.write`, which records what a person says and changes no story.
"""
