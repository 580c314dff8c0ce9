//! The cases of the exercise.

use std::net::IpAddr;

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    let ip = |text: &&str| text.parse().expect("a constant address");
    texts.iter().map(ip).collect()
}

book_exercise::cases! {
    for ex_interleave;

    fn ipv4_moves_up_to_second() {
        let sorted = ips(&["2001:db8::1", "2001:db8::2", "192.0.2.1"]);
        let order = ips(&["2001:db8::1", "192.0.2.1", "2001:db8::2"]);
        assert_eq!(interleave(&sorted, 1), order);
    }

    fn the_list_says_which_family_is_first() {
        let sorted = ips(&["192.0.2.1", "192.0.2.2", "2001:db8::1"]);
        let order = ips(&["192.0.2.1", "2001:db8::1", "192.0.2.2"]);
        assert_eq!(interleave(&sorted, 1), order);
    }

    fn the_first_family_may_lead_with_two() {
        let sorted = ips(&[
            "::1", "::2", "::3", "::4", "192.0.2.1", "192.0.2.2",
        ]);
        let order = ips(&[
            "::1", "::2", "192.0.2.1", "::3", "192.0.2.2", "::4",
        ]);
        assert_eq!(interleave(&sorted, 2), order);
    }

    fn a_family_that_is_used_up_lets_the_other_go_on() {
        let sorted = ips(&["::1", "192.0.2.1", "192.0.2.2", "192.0.2.3"]);
        assert_eq!(interleave(&sorted, 3), sorted);
    }

    fn one_family_alone_or_none() {
        let sorted = ips(&["192.0.2.1", "192.0.2.2"]);
        assert_eq!(interleave(&sorted, 1), sorted);
        assert_eq!(interleave(&[], 1), Vec::<IpAddr>::new());
    }
}
