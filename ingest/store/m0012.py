"""Schema 12: joining verdicts are found without the others. Not released yet; frozen with the next version."""

SQL = """
-- a template's articles have a hundred rejected verdicts each, and no joining one
CREATE INDEX verdicts_joining_a ON verdicts(article_a) WHERE relation <> 'different';
CREATE INDEX verdicts_joining_b ON verdicts(article_b) WHERE relation <> 'different';
"""
