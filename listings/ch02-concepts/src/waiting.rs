//! Five ways to wait for two pipes, their system calls counted (2.4).
