//! An executor in under a hundred lines (2.2).
