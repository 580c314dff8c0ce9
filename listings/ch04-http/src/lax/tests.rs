use proptest::prelude::*;

use super::*;
use crate::limits::Limits;
use crate::reader::{Item, Requests};
use crate::zoo;

fn strict(stream: &[u8]) -> (Vec<String>, bool) {
    let mut reader = Requests::new(Limits::default());
    let (mut heads, mut at) = (Vec::new(), 0);
    loop {
        match reader.next(&stream[at..]) {
            Ok((_, Item::More)) => return (heads, false),
            Err(_) => return (heads, true),
            Ok((taken, item)) => {
                if let Item::Head(head, _) = item {
                    heads.push(head.target().to_owned());
                }
                at += taken;
            }
        }
    }
}

/// One of the two sees the hidden request, the other does not, and we do not
/// either.
#[test]
fn each_case_sets_two_readers_at_odds() {
    let sees = |seen: &[Seen]| {
        seen.iter().any(|seen| seen.line.contains("GET /admin"))
    };
    for case in zoo::cases() {
        let front = case.front.requests(&case.stream);
        let back = case.back.requests(&case.stream);
        let text = case.stream.escape_ascii();
        let what = format!("{}: {text}\n{front:#?}\n{back:#?}", case.what);
        assert_ne!(sees(&front), sees(&back), "{what}");
        assert_eq!(
            (front.len(), back.len()).min((back.len(), front.len())).0,
            1,
            "{what}"
        );
        assert_eq!(front.len().max(back.len()), 2, "{what}");
        let (heads, refused) = strict(&case.stream);
        assert!(!heads.iter().any(|t| t.contains("admin")), "{what}");
        assert_eq!(refused, !case.what.contains("allowed"), "{what}");
    }
}

/// Without a trick, they see what we see.
#[test]
fn lax_readers_agree_on_plain_requests() {
    let stream = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi\
        POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\
        2\r\nhi\r\n1;a=b\r\n!\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n";
    for case in zoo::cases() {
        for lax in [case.front, case.back] {
            let seen = lax.requests(stream);
            assert_eq!(seen.len(), 3, "{}", case.what);
            assert!(seen.iter().all(|seen| seen.is_whole));
            assert_eq!(seen[1].content, b"hi!");
        }
    }
    assert_eq!(strict(stream).0, ["/", "/a", "/b"]);
}

proptest! {
    #[test]
    fn lax_and_no_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        at in any::<prop::sample::Index>(),
    ) {
        for case in zoo::cases() {
            let mut stream = case.stream.clone();
            let at = at.index(stream.len());
            stream.splice(at..at, bytes.iter().copied());
            for lax in [case.front, case.back] {
                let seen = lax.requests(&stream);
                prop_assert!(seen.len() <= stream.len());
            }
        }
    }
}
