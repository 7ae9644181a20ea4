"""The rules of mDNS, each with packets that break it and packets that do not."""
