//! Every Rust block of the book, compiled and run. A test's name ends in the
//! line of the block in its page.

include!(concat!(env!("OUT_DIR"), "/skeptic-tests.rs"));

#[test]
fn snippets_are_compiled_by_the_wrapper() {
    if let Err(message) = book_tests::wrapper_is_set() {
        panic!("{message}");
    }
}
