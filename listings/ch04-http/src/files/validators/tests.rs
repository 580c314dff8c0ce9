use proptest::prelude::*;

use super::*;
use crate::head::{Head, Request};
use crate::limits::Limits;

/// The second in which the file was written, and its names.
const WRITTEN: u64 = 1_700_000_000;
const THEN: &str = "Tue, 14 Nov 2023 22:13:20 GMT";
const BEFORE: &str = "Tue, 14 Nov 2023 22:13:19 GMT";
const AFTER: &str = "Tue, 14 Nov 2023 22:13:21 GMT";

/// A file that was written half a second after [`WRITTEN`], seen so many
/// milliseconds after that.
fn seen_after(ms: u64) -> Validators {
    let written = Duration::from_secs(WRITTEN) + Duration::from_millis(500);
    let state = State {
        inode: 10,
        len: 11,
        written: written.as_nanos() as i128,
        changed: written.as_nanos() as i128,
    };
    Validators::new(&state, written + Duration::from_millis(ms))
}

fn with<T>(fields: &[u8], look: impl FnOnce(&Fields<'_>) -> T) -> T {
    let mut bytes = b"GET / HTTP/1.1\r\nHost: x\r\n".to_vec();
    bytes.extend_from_slice(fields);
    bytes.extend_from_slice(b"\r\n");
    let mut head = Head::default();
    head.read_request(&bytes, &Limits::default())
        .unwrap()
        .unwrap();
    look(&Request::new(&bytes, &head).fields())
}

fn judge(file: &Validators, fields: &str) -> Outcome {
    with(fields.as_bytes(), |fields| file.judge(fields))
}

#[test]
fn a_tag_is_strong_when_the_next_change_will_show() {
    let (early, late) = (seen_after(999), seen_after(1000));
    assert_eq!(early.tag(), format!("W/{}", late.tag()));
    assert_eq!(early.modified(), None);
    assert_eq!(late.modified(), Some(THEN));
}

#[test]
fn strange_times() {
    let at = |written: i128, changed: i128, now: u64| {
        let state = State {
            inode: 1,
            len: 1,
            written: written.saturating_mul(SECOND),
            changed: changed.saturating_mul(SECOND),
        };
        Validators::new(&state, Duration::from_secs(now))
    };
    // Written in the future, if we believe who set that: section 8.8.2.1
    // wants our own clock in its place.
    let future = at(WRITTEN.into(), 0, WRITTEN - 1);
    assert_eq!(future.modified(), Some(BEFORE));
    assert!(!future.tag().starts_with("W/"));
    let since = format!("If-Modified-Since: {BEFORE}\r\n");
    assert_eq!(judge(&future, &since), Outcome::Go);
    // Our own clock was set back: nobody knows what will show.
    let back = at(WRITTEN.into(), WRITTEN.into(), WRITTEN - 1);
    assert!(back.tag().starts_with("W/") && back.modified().is_none());
    // No date can be written for it, but it is older than what has one.
    let old = at(-1, 0, WRITTEN);
    assert_eq!(old.modified(), None);
    assert_eq!(judge(&old, &since), Outcome::NotModified);
    let end = at(END_OF_DATES.into(), 0, u64::MAX);
    assert_eq!(end.modified(), None);
    assert_eq!(judge(&end, &since), Outcome::Go);
    for extreme in [i128::MIN, i128::MAX] {
        let _ = judge(&at(extreme, extreme, 0), &since);
        let _ = judge(&at(extreme, extreme, u64::MAX), &since);
    }
}

/// Restoring the time of the last write, as `cp -p` does, hides nothing.
#[test]
fn a_time_that_was_set_back() {
    let state = |changed| State {
        inode: 1,
        len: 1,
        written: 5,
        changed,
    };
    let tag = |changed| {
        let file = Validators::new(&state(changed), Duration::from_secs(99));
        file.tag().to_string()
    };
    assert_ne!(tag(5), tag(6));
}

/// RFC 9110, section 13.2.2, step by step, for every combination.
#[test]
fn the_order_of_conditions() {
    let file = seen_after(5000);
    let tag = file.tag();
    // The value of a field, and whether it names what is there.
    let tags = |weak_will_do: bool| {
        [
            (None, false),
            (Some(tag.to_string()), true),
            (Some("*".to_string()), true),
            (Some(format!("\"a,b\" , W/{tag}")), weak_will_do),
            (Some("\"other\"".to_string()), false),
        ]
    };
    // The value of a field, and whether the file is newer.
    let dates = [
        (None, None),
        (Some(BEFORE), Some(true)),
        (Some(THEN), Some(false)),
        (Some(AFTER), Some(false)),
        (Some("yesterday"), None),
    ];
    let field = |name: &str, value: Option<&str>| match value {
        Some(value) => format!("{name}: {value}\r\n"),
        None => String::new(),
    };
    let mut count = 0;
    for (if_match, matches) in &tags(false) {
        for (unmodified, newer) in &dates {
            for (none_match, known) in &tags(true) {
                for (modified, newer_too) in &dates {
                    let first = match if_match {
                        Some(_) => *matches,
                        None => *newer != Some(true),
                    };
                    let second = match none_match {
                        Some(_) => !*known,
                        None => *newer_too != Some(false),
                    };
                    let want = match (first, second) {
                        (false, _) => Outcome::Failed,
                        (true, false) => Outcome::NotModified,
                        (true, true) => Outcome::Go,
                    };
                    let fields = [
                        field("If-Modified-Since", *modified),
                        field("If-None-Match", none_match.as_deref()),
                        field("If-Unmodified-Since", *unmodified),
                        field("If-Match", if_match.as_deref()),
                    ]
                    .concat();
                    assert_eq!(judge(&file, &fields), want, "{fields}");
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 625);
}

#[test]
fn as_long_as_the_second_is_not_over() {
    let file = seen_after(100);
    let tag = file.tag();
    for (field, want) in [
        // Compared weakly.
        (format!("If-None-Match: {tag}"), Outcome::NotModified),
        // Compared strongly: a weak tag is like no other, nor like itself.
        (format!("If-Match: {tag}"), Outcome::Failed),
        (format!("If-Match: {}", &tag[2..]), Outcome::Failed),
        ("If-Match: *".into(), Outcome::Go),
        (format!("If-Modified-Since: {THEN}"), Outcome::Go),
        (format!("If-Modified-Since: {AFTER}"), Outcome::NotModified),
        (format!("If-Unmodified-Since: {THEN}"), Outcome::Failed),
        (format!("If-Unmodified-Since: {AFTER}"), Outcome::Go),
    ] {
        assert_eq!(judge(&file, &format!("{field}\r\n")), want, "{field}");
    }
}

#[test]
fn fields_that_come_twice_and_old_ways_to_write_a_date() {
    let file = seen_after(5000);
    let tag = file.tag();
    for (fields, want) in [
        // Lists may be spread over lines, ...
        (
            format!("If-None-Match: \"a\"\r\nIf-None-Match: {tag}"),
            Outcome::NotModified,
        ),
        (format!("If-Match: \"a\"\r\nIf-Match: {tag}"), Outcome::Go),
        // ... dates may not.
        (
            format!("If-Modified-Since: {THEN}\r\nIf-Modified-Since: {THEN}"),
            Outcome::Go,
        ),
        (format!("If-Modified-Since: {THEN}, {THEN}"), Outcome::Go),
        (
            "If-Modified-Since: Tuesday, 14-Nov-23 22:13:20 GMT".into(),
            Outcome::NotModified,
        ),
        (
            "If-Modified-Since: Tue Nov 14 22:13:20 2023".into(),
            Outcome::NotModified,
        ),
        // A tag on our left is no tag of ours.
        (
            format!("If-None-Match: {}", tag.trim_matches('"')),
            Outcome::Go,
        ),
        (format!("If-None-Match: w/{tag}"), Outcome::Go),
        (format!("If-None-Match: \"x\"{tag}"), Outcome::Go),
        (format!("If-None-Match: \"x\" junk, {tag}"), Outcome::Go),
        (format!("If-None-Match: \"*\", *, {tag}"), Outcome::Go),
        (
            format!("If-None-Match: ,,\t, {tag} ,"),
            Outcome::NotModified,
        ),
    ] {
        assert_eq!(judge(&file, &format!("{fields}\r\n")), want, "{fields}");
    }
}

#[test]
fn what_if_range_lets_pass() {
    let (early, late) = (seen_after(100), seen_after(5000));
    let tag = late.tag();
    let pass = |file: &Validators, fields: &str| {
        with(fields.as_bytes(), |fields| file.if_range(fields))
    };
    assert!(pass(&late, ""));
    assert!(pass(&late, &format!("If-Range: {tag}\r\n")));
    for value in [
        format!("W/{tag}"),
        format!("\"a\", {tag}"),
        format!("{tag}\r\nIf-Range: {tag}"),
        "*".into(),
        "\"other\"".into(),
        THEN.into(),
    ] {
        assert!(!pass(&late, &format!("If-Range: {value}\r\n")), "{value}");
    }
    assert!(!pass(&early, &format!("If-Range: {}\r\n", early.tag())));
    assert!(!pass(&early, &format!("If-Range: {tag}\r\n")));
}

/// A tag as a client may send it: weak or not, with commas, with bytes that
/// are not ASCII.
fn any_tag() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        Just(b','),
        Just(b'\\'),
        Just(b'W'),
        Just(b'/'),
        0x21..=0x21_u8,
        0x23..=0x7e_u8,
        0x80..=0xff_u8,
    ];
    let opaque = prop::collection::vec(byte, 0..6);
    (any::<bool>(), opaque).prop_map(|(weak, opaque)| {
        let weak: &[u8] = if weak { b"W/" } else { b"" };
        [weak, b"\"", &opaque[..], b"\""].concat()
    })
}

proptest! {
    #[test]
    fn every_tag_of_a_list_is_seen(
        tags in prop::collection::vec(any_tag(), 0..6),
        commas in prop::collection::vec("[ \t]{0,2},[ \t,]{0,2}", 7),
    ) {
        let mut list = Vec::new();
        for (tag, comma) in tags.iter().zip(&commas) {
            list.extend_from_slice(tag);
            list.extend_from_slice(comma.as_bytes());
        }
        let seen = std::cell::RefCell::new(Vec::new());
        let end = lists(&list, |tag| {
            seen.borrow_mut().push(tag.to_vec());
            false
        });
        prop_assert!(!end);
        prop_assert_eq!(seen.into_inner(), tags);
    }

    /// Whatever a field says, it is read to its end at most once.
    #[test]
    fn any_bytes_are_a_list(
        list in prop::collection::vec(
            prop_oneof![Just(b'"'), Just(b','), Just(b'W'), any::<u8>()],
            0..200,
        ),
    ) {
        let seen = std::cell::Cell::new(0);
        lists(&list, |tag| {
            seen.set(seen.get() + tag.len());
            false
        });
        prop_assert!(seen.get() <= list.len());
    }

    #[test]
    fn any_fields_have_an_outcome(
        value in prop::collection::vec(
            prop_oneof![0x21..=0x7e_u8, 0x80..=0xff_u8], 1..60,
        ),
        ms in 0..5000_u64,
    ) {
        // Any, which ours is.
        prop_assume!(value != b"*");
        let file = seen_after(ms);
        for name in [
            "If-Match", "If-None-Match", "If-Range",
            "If-Modified-Since", "If-Unmodified-Since",
        ] {
            let line = [name.as_bytes(), b": ", &value[..], b"\r\n"].concat();
            with(&line, |fields| {
                // None of these is our tag.
                assert_ne!(file.judge(fields), Outcome::NotModified);
                file.if_range(fields)
            });
        }
    }
}
