//! Chapter 4: HTTP, from bytes to a server.

pub mod body;
pub mod encode;
pub mod fault;
pub mod framing;
pub mod head;
pub mod lax;
pub mod limits;
pub mod reader;
mod scan;
pub mod status;
pub mod zoo;
