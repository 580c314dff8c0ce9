//! Packets read and written: Ethernet to DNS, without I/O (2.1).
