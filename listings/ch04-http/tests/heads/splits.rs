//! The pieces in which a head arrives do not matter.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// Small, so that they are reached.
const LIMITS: Limits = Limits {
    method: 8,
    start_line: 40,
    field_line: 30,
    section: 80,
    fields: 4,
    body: 0,
    chunk_line: 0,
    chunk_extensions: 0,
};

type Describe = fn(&[u8], usize, &Head) -> Message;

const READERS: [(Reader, Describe); 3] = [
    (Head::read_request, of_request),
    (Head::read_response, of_response),
    (Head::read_trailer, |_, len, _| Message {
        len,
        words: Default::default(),
        version: None,
        fields: Vec::new(),
    }),
];

/// Reads `bytes` up to each of `ends`; says where there was an outcome, too.
fn outcome(
    (read, describe): (Reader, Describe),
    limits: &Limits,
    bytes: &[u8],
    ends: impl IntoIterator<Item = usize>,
) -> Option<(usize, Result<Message, Fault>)> {
    let mut head = Head::default();
    ends.into_iter().find_map(|end| {
        let outcome = match read(&mut head, &bytes[..end], limits) {
            Ok(None) => return None,
            Ok(Some(len)) => Ok(describe(&bytes[..end], len, &head)),
            Err(fault) => Err(fault),
        };
        Some((end, outcome))
    })
}

fn check(bytes: &[u8], cuts: &[Index]) {
    for limits in [LIMITS, Limits::default()] {
        for reader in READERS {
            let whole = outcome(reader, &limits, bytes, [bytes.len()]);
            let by_one = outcome(reader, &limits, bytes, 0..=bytes.len());
            let verdict = |outcome: &Option<(usize, _)>| {
                outcome.clone().map(|(_, outcome)| outcome)
            };
            assert_eq!(verdict(&whole), verdict(&by_one));

            let mut ends: Vec<usize> =
                cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            ends.push(bytes.len());
            ends.sort_unstable();
            let cut = outcome(reader, &limits, bytes, ends);
            assert_eq!(verdict(&whole), verdict(&cut));

            // It was found as soon as it could be, and not before.
            if let Some((end, outcome_)) = by_one {
                let alone = outcome(reader, &limits, bytes, [end]);
                assert_eq!(alone.unwrap().1, outcome_);
                let before = end.checked_sub(1);
                let before = before
                    .and_then(|end| outcome(reader, &limits, bytes, [end]));
                assert_eq!(before, None);
                assert!(end <= limits.head() + 1);
            } else {
                assert!(bytes.len() <= limits.head());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_split_says_the_same(
        bytes in generate::anything(),
        cuts in vec(any::<Index>(), 0..6),
    ) {
        check(&bytes, &cuts);
    }

    /// Who shows other bytes than before gets nonsense, and no panic.
    #[test]
    fn other_bytes_than_before(
        pieces in vec((0_usize..3, generate::anything()), 1..4),
    ) {
        let mut head = Head::default();
        for (reader, bytes) in pieces {
            for limits in [LIMITS, Limits::default()] {
                let (read, _) = READERS[reader];
                for end in [bytes.len() / 2, bytes.len()] {
                    let _ = read(&mut head, &bytes[..end], &limits);
                }
            }
        }
    }
}

/// All ways to cut a small request, 2²⁴ at most: here those in three.
#[test]
fn every_two_cuts() {
    for bytes in [
        &b"\r\nGET /a?b HTTP/1.1\r\nHost: x\r\nA:  b c \r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.0\r\nA:b\r\n c\r\n\r\n",
    ] {
        let limits = Limits::default();
        let whole = outcome(READERS[0], &limits, bytes, [bytes.len()]);
        for first in 0..bytes.len() {
            for second in first..bytes.len() {
                let ends = [first, second, bytes.len()];
                let cut = outcome(READERS[0], &limits, bytes, ends);
                let verdict = cut.map(|(_, verdict)| verdict);
                assert_eq!(verdict, whole.clone().map(|(_, v)| v));
            }
        }
    }
}
