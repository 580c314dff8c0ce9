//! Which limit stops a server first.

pub mod solution;
pub mod yours;

/// What a machine has. Sizes are in bytes.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Descriptors that a process may have (`ulimit -n`).
    pub descriptors: u64,
    /// Memory for connections.
    pub memory: u64,
}

/// What a server does.
#[derive(Debug, Clone)]
pub struct Server {
    /// Processes that share the port.
    pub processes: u64,
    /// Descriptors of each process that are not connections: its listener,
    /// its epoll instance, its log.
    pub others: u64,
    /// Memory that an idle connection takes, the kernel's part included.
    pub idle: u64,
    /// Memory that a connection takes on top of this while it is active.
    pub busy: u64,
    /// Of how many connections one is active, in the worst case: 1 is all.
    pub one_in: u64,
}

/// What there is too little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Descriptors.
    Descriptors,
    /// Memory.
    Memory,
    /// Ports: a client has so many for each address of its own.
    Ports,
}
