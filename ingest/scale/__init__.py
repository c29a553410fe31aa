"""Matching on many machines: the steps of `ingest.match.batch` as stages of an Apache Spark job."""
