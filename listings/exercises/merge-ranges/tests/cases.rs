//! The cases of the exercise.

#![allow(clippy::single_range_in_vec_init, reason = "one range is meant")]

use std::ops::Range;

/// The bytes below 64 that some range has.
fn bytes(ranges: &[Range<u64>]) -> u64 {
    let bits = ranges.iter().cloned().flatten().map(|n| 1 << n);
    bits.fold(0, |all, bit| all | bit)
}

book_exercise::cases! {
    for ex_merge_ranges;

    fn ranges_far_apart_stay() {
        assert_eq!(merge(&[0..10, 500..600], 100), [0..10, 500..600]);
        assert_eq!(merge(&[], 100), []);
        assert_eq!(merge(&[3..4], 0), [3..4]);
    }

    fn they_are_put_in_order() {
        assert_eq!(merge(&[50..60, 0..10], 0), [0..10, 50..60]);
    }

    fn overlapping_ranges_become_one() {
        assert_eq!(merge(&[0..10, 5..15, 12..20], 0), [0..20]);
        assert_eq!(merge(&[7..7, 3..4, 3..4], 0), [3..4]);
    }

    fn what_lies_within_another_does_not_shorten_it() {
        assert_eq!(merge(&[0..100, 10..20, 90..95], 0), [0..100]);
    }

    fn a_gap_is_filled_if_a_head_is_longer() {
        assert_eq!(merge(&[0..10, 109..120], 100), [0..120]);
        assert_eq!(merge(&[0..10, 110..120], 100), [0..10, 110..120]);
    }

    fn those_that_touch_are_one_without_any_head() {
        assert_eq!(merge(&[0..10, 10..20], 0), [0..20]);
        assert_eq!(merge(&[0..10, 11..20], 0), [0..10, 11..20]);
        assert_eq!(merge(&[0..10, 11..20], 1), [0..10, 11..20]);
    }

    fn the_greatest_numbers() {
        let end = u64::MAX;
        let ranges = [end - 1..end, 0..1];
        assert_eq!(merge(&ranges, 100), [0..1, end - 1..end]);
        assert_eq!(merge(&ranges, end), [0..end]);
    }

    fn nothing_is_lost_and_nothing_else_is_added() {
        // A generator of numbers is enough: x := 5x + 3 mod 2^12.
        let mut x = 1_u64;
        let mut number = |below: u64| {
            x = (x * 5 + 3) % 4096;
            (x >> 3) % below
        };
        for _ in 0..500 {
            let count = number(7) as usize;
            let ranges: Vec<_> = (0..count)
                .map(|_| {
                    let start = number(50);
                    start..start + number(14)
                })
                .collect();
            let exact = merge(&ranges, 0);
            assert_eq!(bytes(&exact), bytes(&ranges), "{ranges:?}");
            let merged = merge(&ranges, 5);
            let gaps = merged.windows(2).map(|w| w[1].start - w[0].end);
            assert!(gaps.into_iter().all(|gap| gap >= 5), "{ranges:?}");
            let lost = bytes(&ranges) & !bytes(&merged);
            assert_eq!(lost, 0, "{ranges:?}");
        }
    }

    fn many_ranges_take_no_time() {
        let ranges: Vec<_> = (0..200_000_u64)
            .map(|n| (n * 7919 % 200_000) * 3)
            .map(|start| start..start + 1)
            .collect();
        assert_eq!(merge(&ranges, 0).len(), 200_000);
        assert_eq!(merge(&ranges, 3), [0..599_998]);
    }
}
