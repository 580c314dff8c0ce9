//! Chapter 4: HTTP, from bytes to a server.

pub mod body;
pub mod client;
#[cfg(all(unix, feature = "net"))]
pub mod drivers;
pub mod encode;
pub mod fault;
#[cfg(unix)]
pub mod files;
pub mod framing;
pub mod h2;
pub mod head;
pub mod lax;
pub mod limits;
pub mod reader;
pub mod scan;
pub mod server;
#[cfg(all(unix, feature = "net"))]
pub mod site;
pub mod status;
pub mod zoo;
