//! Chapter 1: background, and the reader's workbench.
//!
//! | module | what it is | used by |
//! | --- | --- | --- |
//! | [`greetings`] | clients to greet | 1.1: the programs that count |
//! | [`timeline`] | bars in rows, as text and as SVG | 1.2 |
//! | [`distance`] | a link that delays what it carries | [`site`] |
//! | [`site`] | a DNS and an HTTPS server behind such a link | 1.2 |
//! | [`visit`] | a visit to it, timed | 1.2 |

pub mod distance;
pub mod greetings;
pub mod site;
pub mod timeline;
pub mod visit;
