//! The book, proved. Its tests are in `tests/`: `snippets` compiles and runs
//! every Rust block that a reader sees, `book` says what mdBook lets pass in
//! silence, `deadline` proves that a stuck snippet cannot hang them.

/// Whether snippets are compiled by `rustc-snippet.sh`, as they must be.
///
/// # Errors
/// When `RUSTC` is not the wrapper, which is so when a test is not started by
/// cargo from within `listings/`.
pub fn wrapper_is_set() -> Result<(), String> {
    let rustc = std::env::var("RUSTC").unwrap_or_default();
    if rustc.ends_with("book-tests/rustc-snippet.sh") {
        return Ok(());
    }
    Err(format!(
        "RUSTC is {rustc:?}, not book-tests/rustc-snippet.sh, so snippets \
         would be compiled as edition 2021 and could hang: run `cargo test` \
         in listings/, where .cargo/config.toml sets it, and unset RUSTC"
    ))
}
