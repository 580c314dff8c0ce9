use proptest::prelude::*;

use super::*;

#[test]
fn ranges() {
    let some = |ranges: &[(u64, u64)]| {
        let range = |&(start, end)| Range { start, end };
        Ranges::Some(ranges.iter().map(range).collect())
    };
    for (value, want) in [
        ("bytes=0-0", some(&[(0, 1)])),
        ("bytes=0-9", some(&[(0, 10)])),
        ("bytes=5-", some(&[(5, 10)])),
        ("bytes=-3", some(&[(7, 10)])),
        ("bytes=-99", some(&[(0, 10)])),
        ("bytes=8-99", some(&[(8, 10)])),
        ("bytes=0-99999999999999999999999", some(&[(0, 10)])),
        ("BYTES=1-2", some(&[(1, 3)])),
        ("bytes=0-1, 4-5,, -1", some(&[(0, 2), (4, 6), (9, 10)])),
        ("bytes=0-1,99-", some(&[(0, 2)])),
        ("bytes=10-", Ranges::None),
        ("bytes=-0", Ranges::None),
        ("bytes=99-,100-", Ranges::None),
        ("bytes=99999999999999999999999-", Ranges::None),
        ("bytes=3-1", Ranges::All),
        ("bytes=-", Ranges::All),
        ("bytes=", Ranges::All),
        ("bytes=a-b", Ranges::All),
        ("bytes=+1-2", Ranges::All),
        ("bytes=1-2-3", Ranges::All),
        ("bytes 1-2", Ranges::All),
        ("lines=1-2", Ranges::All),
        ("bytes=0-9,0-9", Ranges::All),
        ("bytes=0-5,5-9,1-1", Ranges::All),
    ] {
        assert_eq!(Ranges::parse(value.as_bytes(), 10), want, "{value}");
    }
    let many = "0-0,".repeat(17);
    let many = format!("bytes={many}");
    assert_eq!(Ranges::parse(many.as_bytes(), 1000), Ranges::All);
    // Of nothing there is no first byte, and no last one that has a name.
    assert_eq!(Ranges::parse(b"bytes=0-", 0), Ranges::None);
    assert_eq!(Ranges::parse(b"bytes=-0", 0), Ranges::None);
    assert_eq!(Ranges::parse(b"bytes=-5", 0), Ranges::All);
}

/// The longest file that there can be, three times over, is more than 64 bits
/// can count.
#[test]
fn lengths_that_do_not_add_up() {
    let len = i64::MAX as u64;
    assert_eq!(Ranges::parse(b"bytes=0-,0-,0-", len), Ranges::All);
    assert_eq!(Ranges::parse(b"bytes=0-,0-", u64::MAX), Ranges::All);
    let last = Range {
        start: u64::MAX - 1,
        end: u64::MAX,
    };
    let want = Ranges::Some(vec![last]);
    assert_eq!(Ranges::parse(b"bytes=-1", u64::MAX), want);
}

/// What is asked for, as the grammar of section 14.1.1 has it, and a little
/// beyond.
fn any_value() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        (0..40_u64).prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| n.to_string()),
        "[0-9]{0,30}",
    ];
    let spec = (number.clone(), number).prop_map(|(a, b)| format!("{a}-{b}"));
    let set = prop::collection::vec(spec, 0..40);
    prop_oneof![
        4 => set.prop_map(|set| format!("bytes={}", set.join(",")).into()),
        1 => "bytes=[-0-9, a]{0,40}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #[test]
    fn what_is_sent_is_there_and_bounded(
        value in any_value(),
        len in prop_oneof![0..50_u64, any::<u64>()],
    ) {
        let Ranges::Some(ranges) = Ranges::parse(&value, len) else {
            return Ok(());
        };
        prop_assert!((1..=MOST).contains(&ranges.len()));
        let mut total = 0_u128;
        for range in ranges {
            prop_assert!(range.start < range.end && range.end <= len);
            total += u128::from(range.end - range.start);
        }
        prop_assert!(total <= u128::from(len));
    }

    /// Against a reading of the section that counts bytes one by one.
    #[test]
    fn one_range_is_what_the_section_says(
        first in prop::option::of(0..15_u64),
        last in prop::option::of(0..15_u64),
        len in 1..12_u64,
    ) {
        let text = |n: Option<u64>| n.map_or(String::new(), |n| n.to_string());
        let value = format!("bytes={}-{}", text(first), text(last));
        let has = |n: u64| match (first, last) {
            (Some(first), Some(last)) => first <= n && n <= last,
            (Some(first), None) => first <= n,
            (None, Some(count)) => n + count >= len,
            (None, None) => false,
        };
        let bytes: Vec<u64> = (0..len).filter(|n| has(*n)).collect();
        let want = match (first, last, bytes.first()) {
            (None, None, _) => Ranges::All,
            (Some(first), Some(last), _) if first > last => Ranges::All,
            (.., None) => Ranges::None,
            (.., Some(&start)) => Ranges::Some(vec![Range {
                start,
                end: start + bytes.len() as u64,
            }]),
        };
        prop_assert_eq!(Ranges::parse(value.as_bytes(), len), want);
    }

    #[test]
    fn any_range_can_be_written(
        start in any::<u64>(), end in any::<u64>(), len in any::<u64>(),
    ) {
        let _ = Range { start, end }.of(len);
    }
}
