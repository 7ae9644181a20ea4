"""Judges mDNS traffic by RFC 6762 and RFC 6763: the rules are rows of resources/tables/lint-rules.toml and a function
of the same name each."""
