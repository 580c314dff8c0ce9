//! Files of a directory: found without a way out of it, sent as often as they
//! have changed, in the parts that are asked for.
//!
//! | module | what it knows |
//! | --- | --- |
//! | [`path`] | which names the path of a request has |
//! | [`directory`] | how a file is opened, and what is answered |
//! | [`validators`] | whether it has changed, and who wants to know |
//! | [`range`] | which parts of it are wanted |
//! | [`send`] | how its bytes get into a socket |
//! | [`serve`] | a server and a client for programs that show all that |

#[cfg(feature = "net")]
pub mod directory;
pub mod path;
pub mod range;
#[cfg(feature = "net")]
pub mod send;
#[cfg(feature = "net")]
pub mod serve;
pub mod validators;

#[cfg(feature = "net")]
pub use directory::Files;
pub use path::{BadPath, segments};
pub use range::{Range, Ranges};
pub use validators::{Outcome, Validators};
