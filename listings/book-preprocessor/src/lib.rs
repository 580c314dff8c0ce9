//! What mdBook runs on each page before it renders it.
//!
//! Two preprocessors, named in `book.toml`:
//!
//! - `listings` puts a caption on each block that includes a file of
//!   `listings/` (its name, the command that runs it, a link to its source)
//!   and takes the Run button off programs the public playground cannot
//!   build. It runs before mdBook's `links`, so it sees the `{{#include}}`
//!   lines themselves. A page that it never saw still renders.
//! - `admonish-bridge` lets mdBook 0.5 use `mdbook-admonish`, which speaks
//!   the protocol of mdBook 0.4.

pub mod admonish;
pub mod fence;
pub mod listings;
pub mod mdbook;
pub mod source;
