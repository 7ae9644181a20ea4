"""The system's own mDNS responder: what it tells, beside what is heard here, and why the two differ."""
