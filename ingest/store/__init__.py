"""SQLite: the schema, the one writer and the questions that readers ask. All SQL of samewire stands here."""
