//! Header fields of mail and HTTP, without I/O (2.3).
