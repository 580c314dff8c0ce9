//! Chapter 4: HTTP, from bytes to a server.

pub mod body;
pub mod encode;
pub mod fault;
pub mod framing;
pub mod head;
pub mod limits;
pub mod reader;
pub mod scan;
pub mod status;
