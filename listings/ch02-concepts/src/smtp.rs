//! An SMTP server session without I/O (2.3).
