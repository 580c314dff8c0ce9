//! The codecs, fed in every way: cut anywhere, filled with rubbish, and beside
//! tokio-util's.
#![allow(clippy::unwrap_used, reason = "tests")]

use bytes::{Bytes, BytesMut};
use ch03_sockets::frame::{Codec, FrameError, LengthPrefixed, Lines};
use proptest::collection::vec;
use proptest::prelude::*;
use tokio_util::codec::{
    Decoder, Encoder, LengthDelimitedCodec, LinesCodec, LinesCodecError,
};

const MAX: usize = 40;

/// The frames that came out, and how the stream ended. The length in
/// [`FrameError::TooLong`] is left out: an endless line is refused when it is
/// noticed, and that depends on the pieces.
#[derive(Debug, PartialEq)]
struct Outcome {
    frames: Vec<Bytes>,
    end: Result<(), &'static str>,
}

fn feed<'a>(
    mut codec: impl Codec,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    let mut buffer = BytesMut::new();
    let mut frames = Vec::new();
    let run = || {
        for piece in pieces {
            buffer.extend_from_slice(piece);
            while let Some(frame) = codec.decode(&mut buffer)? {
                assert!(frame.len() <= MAX);
                frames.push(frame);
            }
            // What may still become a frame, with its marking.
            assert!(buffer.len() <= MAX + 4, "holds {}", buffer.len());
        }
        codec.finish(&buffer)
    };
    let end = run().map_err(|error| match error {
        FrameError::TooLong { .. } => "too long",
        FrameError::CutOff { .. } => "cut off",
        _ => "other",
    });
    Outcome { frames, end }
}

fn encode(mut codec: impl Codec, frames: &[Vec<u8>]) -> BytesMut {
    let mut stream = BytesMut::new();
    for frame in frames {
        codec.encode(frame, &mut stream).unwrap();
    }
    stream
}

/// Cuts `stream` at `cuts`, each taken modulo its length.
fn cut<'a>(stream: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut at: Vec<_> = cuts.iter().map(|c| c % (stream.len() + 1)).collect();
    at.push(stream.len());
    at.sort_unstable();
    let mut start = 0;
    at.into_iter()
        .map(|end| &stream[std::mem::replace(&mut start, end)..end])
        .collect()
}

fn binary_frames() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(any::<u8>(), 0..=MAX), 0..8)
}

/// What a line may hold: no `\n`, and no `\r` at its end.
fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let line = vec(any::<u8>(), 0..=MAX).prop_map(|mut line| {
        line.retain(|&b| b != b'\n');
        while line.last() == Some(&b'\r') {
            line.pop();
        }
        line
    });
    vec(line, 0..8)
}

/// Bytes that look a little like frames, so that rubbish gets far.
fn rubbish() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => Just(0),
        2 => 1..=MAX as u8 + 1,
        2 => Just(b'\n'),
        2 => Just(b'\r'),
        1 => any::<u8>(),
    ];
    vec(byte, 0..200)
}

proptest! {
    #[test]
    fn length_prefixed_frames_survive_any_split(
        frames in binary_frames(),
        cuts in vec(any::<usize>(), 0..20),
    ) {
        let stream = encode(LengthPrefixed::new(MAX), &frames);
        let outcome = feed(LengthPrefixed::new(MAX), cut(&stream, &cuts));
        prop_assert_eq!(outcome.frames, frames);
        prop_assert_eq!(outcome.end, Ok(()));
    }

    #[test]
    fn lines_survive_any_split(
        frames in lines(),
        cuts in vec(any::<usize>(), 0..20),
    ) {
        let stream = encode(Lines::new(MAX), &frames);
        let outcome = feed(Lines::new(MAX), cut(&stream, &cuts));
        prop_assert_eq!(outcome.frames, frames);
        prop_assert_eq!(outcome.end, Ok(()));
    }

    #[test]
    fn rubbish_ends_the_same_way_however_it_is_split(
        bytes in rubbish(),
        cuts in vec(any::<usize>(), 0..20),
    ) {
        // Unsplit means: one byte at a time. In one piece, the buffer may
        // hold more than a frame when the error is found.
        let single = || bytes.chunks(1);
        let pieces = || cut(&bytes, &cuts);
        let codec = LengthPrefixed::new(MAX);
        prop_assert_eq!(
            feed(codec.clone(), pieces()),
            feed(codec, single())
        );
        let codec = Lines::new(MAX);
        prop_assert_eq!(
            feed(codec.clone(), pieces()),
            feed(codec, single())
        );
    }

    #[test]
    fn the_encoder_writes_only_what_the_decoder_reads(
        line in vec(prop_oneof![
            Just(b'\n'), Just(b'\r'), Just(b'a')
        ], 0..6),
    ) {
        let mut out = BytesMut::new();
        match Lines::new(4).encode(&line, &mut out) {
            Ok(()) => prop_assert_eq!(
                Lines::new(4).decode(&mut out).unwrap().unwrap(), line
            ),
            Err(_) => prop_assert!(out.is_empty()),
        }
    }

    /// No disagreement is known: what one refuses the other refuses, and the
    /// frames before it are the same.
    #[test]
    fn tokio_utils_length_codec_agrees(
        bytes in rubbish(),
        cuts in vec(any::<usize>(), 0..20),
    ) {
        let mut peer = LengthDelimitedCodec::builder()
            .max_frame_length(MAX)
            .new_codec();
        let mut buffer = BytesMut::new();
        let mut frames = Vec::new();
        let mut run = || -> std::io::Result<()> {
            for piece in cut(&bytes, &cuts) {
                buffer.extend_from_slice(piece);
                while let Some(frame) = peer.decode(&mut buffer)? {
                    frames.push(frame.freeze());
                }
            }
            while let Some(frame) = peer.decode_eof(&mut buffer)? {
                frames.push(frame.freeze());
            }
            Ok(())
        };
        let ended = run().is_ok();
        let outcome = feed(LengthPrefixed::new(MAX), cut(&bytes, &cuts));
        prop_assert_eq!(outcome.frames, frames);
        // See `a_cut_off_frame_whose_prefix_was_read`.
        if outcome.end != Err("cut off") {
            prop_assert_eq!(outcome.end.is_ok(), ended);
        }
    }

    /// On lines that both accept: text, ended by `\n`, within both limits.
    #[test]
    fn tokio_utils_lines_codec_agrees_on_text(
        text in vec("[a-zé]{0,10}", 0..8),
        cuts in vec(any::<usize>(), 0..20),
    ) {
        let mut stream = BytesMut::new();
        let mut peer = LinesCodec::new_with_max_length(MAX);
        for line in &text {
            peer.encode(line, &mut stream).unwrap();
        }
        let mut buffer = BytesMut::new();
        let mut frames = Vec::new();
        for piece in cut(&stream, &cuts) {
            buffer.extend_from_slice(piece);
            while let Some(line) = peer.decode(&mut buffer).unwrap() {
                frames.push(Bytes::from(line));
            }
        }
        let outcome = feed(Lines::new(MAX), cut(&stream, &cuts));
        prop_assert_eq!(outcome, Outcome { frames, end: Ok(()) });
    }
}

#[test]
fn every_pair_of_cuts_gives_the_same_frames() {
    let frames = [&b"one"[..], b"", b"thirty", b"\0\x01"].map(Vec::from);
    let prefixed = encode(LengthPrefixed::new(MAX), &frames);
    let lines = encode(Lines::new(MAX), &frames);
    for a in 0..=prefixed.len() {
        for b in a..=prefixed.len() {
            let outcome =
                feed(LengthPrefixed::new(MAX), cut(&prefixed, &[a, b]));
            assert_eq!(outcome.frames, frames, "cut at {a} and {b}");
        }
    }
    for a in 0..=lines.len() {
        for b in a..=lines.len() {
            let outcome = feed(Lines::new(MAX), cut(&lines, &[a, b]));
            assert_eq!(outcome.frames, frames, "cut at {a} and {b}");
        }
    }
}

#[test]
fn a_claim_within_the_limit_gets_no_more_than_64_kib_on_trust() {
    let mut buffer = BytesMut::from(&[0x3f, 0xff, 0xff, 0xff][..]);
    let mut codec = LengthPrefixed::new(1 << 30);
    assert_eq!(codec.decode(&mut buffer), Ok(None));
    assert!(buffer.capacity() <= 128 * 1024, "{}", buffer.capacity());
}

#[test]
fn a_line_that_arrives_byte_by_byte_is_searched_once() {
    // Quadratic time would take minutes here; linear takes milliseconds.
    let mut codec = Lines::new(1 << 20);
    let mut buffer = BytesMut::new();
    for _ in 0..1 << 20 {
        buffer.extend_from_slice(b"x");
        assert_eq!(codec.decode(&mut buffer), Ok(None));
    }
}

/// Where tokio-util's codecs and ours disagree, one test each. Neither is
/// wrong; a program that changes from one to the other has to know.
mod disagreements {
    use super::*;

    /// Theirs takes the prefix off before the frame is there, so the buffer
    /// can be empty in the middle of a frame, and the end passes for clean.
    #[test]
    fn a_cut_off_frame_whose_prefix_was_read() {
        let bytes = b"\0\0\0\x05";
        let mut peer = LengthDelimitedCodec::new();
        let mut buffer = BytesMut::from(&bytes[..]);
        assert!(peer.decode(&mut buffer).unwrap().is_none());
        assert!(matches!(peer.decode_eof(&mut buffer), Ok(None)));
        let outcome = feed(LengthPrefixed::new(MAX), [&bytes[..]]);
        assert_eq!(outcome.end, Err("cut off"));
    }

    /// Theirs reserves the whole frame when its prefix says how long it is.
    #[test]
    fn memory_for_a_claim() {
        let bytes = [0, 0x7f, 0, 0];
        let mut buffer = BytesMut::from(&bytes[..]);
        let mut peer = LengthDelimitedCodec::new();
        assert!(peer.decode(&mut buffer).unwrap().is_none());
        assert!(buffer.capacity() >= 0x7f_0000);
        let mut buffer = BytesMut::from(&bytes[..]);
        let mut ours = LengthPrefixed::new(8 << 20);
        assert_eq!(ours.decode(&mut buffer), Ok(None));
        assert!(buffer.capacity() <= 128 * 1024);
    }

    /// Theirs hands out a last line without `\n`: cut-off passes for whole.
    #[test]
    fn a_last_line_without_its_end() {
        let mut peer = LinesCodec::new();
        let mut buffer = BytesMut::from("PAY 1000");
        assert_eq!(peer.decode(&mut buffer).unwrap(), None);
        let last = peer.decode_eof(&mut buffer).unwrap();
        assert_eq!(last.as_deref(), Some("PAY 1000"));
        assert_eq!(
            feed(Lines::new(MAX), [&b"PAY 1000"[..]]).end,
            Err("cut off")
        );
    }

    /// Theirs counts the `\r` of `\r\n` against the limit.
    #[test]
    fn a_carriage_return_at_the_limit() {
        let mut peer = LinesCodec::new_with_max_length(3);
        let error = peer.decode(&mut BytesMut::from("abc\r\n"));
        assert!(matches!(error, Err(LinesCodecError::MaxLineLengthExceeded)));
        let line = Lines::new(3).decode(&mut BytesMut::from("abc\r\n"));
        assert_eq!(line, Ok(Some(Bytes::from("abc"))));
    }

    /// Theirs skips a line that is too long and goes on; ours ends.
    #[test]
    fn after_a_line_that_is_too_long() {
        let mut peer = LinesCodec::new_with_max_length(3);
        let mut buffer = BytesMut::from("abcdefgh\nok\n");
        assert!(peer.decode(&mut buffer).is_err());
        assert_eq!(peer.decode(&mut buffer).unwrap().as_deref(), Some("ok"));
        let mut ours = Lines::new(3);
        let mut buffer = BytesMut::from("abcdefgh\nok\n");
        assert!(ours.decode(&mut buffer).is_err());
        assert!(ours.decode(&mut buffer).is_err());
    }

    /// Theirs takes and gives text; ours bytes.
    #[test]
    fn a_line_that_is_not_utf_8() {
        let mut buffer = BytesMut::from(&b"\xff\n"[..]);
        assert!(LinesCodec::new().decode(&mut buffer).is_err());
        let outcome = feed(Lines::new(MAX), [&b"\xff\n"[..]]);
        assert_eq!(outcome.frames, [&b"\xff"[..]]);
    }

    /// Theirs writes a line break inside a line: one line becomes two.
    #[test]
    fn a_line_break_inside_a_line() {
        let mut out = BytesMut::new();
        LinesCodec::new().encode("ok\nDELETE", &mut out).unwrap();
        assert_eq!(out, "ok\nDELETE\n");
        let mut out = BytesMut::new();
        assert!(Lines::new(MAX).encode(b"ok\nDELETE", &mut out).is_err());
    }
}
