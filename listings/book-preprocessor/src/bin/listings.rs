//! The preprocessor that captions listings: `listings [supports RENDERER]`.

use std::io;

use anyhow::Result;
use book_preprocessor::{listings, mdbook};

fn main() -> Result<()> {
    // `supports RENDERER`: every renderer is, so there is nothing to read.
    if std::env::args().nth(1).as_deref() == Some("supports") {
        return Ok(());
    }
    let (context, mut book) = mdbook::read(io::stdin().lock())?;
    listings::process(&context, &mut book);
    mdbook::write(io::stdout().lock(), &book)
}
