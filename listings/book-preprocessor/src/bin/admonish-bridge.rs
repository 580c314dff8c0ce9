//! Runs `mdbook-admonish` for mdBook 0.5: `admonish-bridge [supports RENDERER]`.

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use book_preprocessor::{admonish, mdbook};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("admonish-bridge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|a| a == "supports") {
        return admonish::supports(&arguments);
    }
    let (context, book) = mdbook::read(io::stdin().lock())?;
    let book = admonish::run(context, book)?;
    mdbook::write(io::stdout().lock(), &book)?;
    Ok(ExitCode::SUCCESS)
}
