//! The cases of the exercise.

use ch03_encryption::modes::{ModeError, cbc_decrypt, cbc_encrypt};

const KEY: [u8; 32] = *b"an example, not a key: 32 bytes.";
const IV: [u8; 16] = *b"sixteen random b";

/// A server that tells padding errors apart, and counts its callers.
fn server(calls: &mut usize) -> impl FnMut(&[u8; 16], &[u8; 16]) -> bool {
    |previous, block| {
        *calls += 1;
        cbc_decrypt(&KEY, previous, block) != Err(ModeError::Padding)
    }
}

book_exercise::cases! {
    for ex_padding_oracle;

    fn one_block_is_read() {
        let sealed = cbc_encrypt(&KEY, &IV, b"attack at dawn!!");
        let mut calls = 0;
        let text = decrypt(&IV, &sealed[..16].try_into().unwrap(),
            &mut server(&mut calls));
        assert_eq!(text, Some(*b"attack at dawn!!"));
        assert!(calls <= 16 * 256 + 16, "{calls} questions");
    }

    fn a_whole_message_is_read_padding_included() {
        let message = b"PAY 0100 EUR TO BOB, and not a cent more.";
        let mut sealed = IV.to_vec();
        sealed.extend(cbc_encrypt(&KEY, &IV, message));
        let mut calls = 0;
        let mut oracle = server(&mut calls);
        let mut read = Vec::new();
        for pair in sealed.as_chunks::<16>().0.windows(2) {
            read.extend(decrypt(&pair[0], &pair[1], &mut oracle).unwrap());
        }
        assert_eq!(read[..message.len()], *message);
        assert_eq!(read[message.len()..], [7; 7]);
    }

    fn blocks_that_end_like_a_longer_padding_are_read() {
        // Each makes the last byte look right too early.
        for last in 1..=16 {
            let mut text = [last; 16];
            text[0] = b'x';
            let sealed = cbc_encrypt(&KEY, &IV, &text);
            let block = sealed[..16].try_into().unwrap();
            let mut calls = 0;
            let read = decrypt(&IV, &block, &mut server(&mut calls));
            assert_eq!(read, Some(text), "{last}");
        }
    }

    fn a_server_that_says_no_gives_nothing_away() {
        let mut calls = 0;
        let read = decrypt(&IV, &[0; 16], &mut |_, _| {
            calls += 1;
            false
        });
        assert_eq!(read, None);
        assert!(calls <= 256 + 16, "{calls} questions");
    }
}
