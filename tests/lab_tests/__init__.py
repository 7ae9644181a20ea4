"""Tests that need the hosts of the lab."""
