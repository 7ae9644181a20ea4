"""The devices of the local network, each one row over mDNS, SSDP, WS-Discovery and the kernel's neighbours."""
