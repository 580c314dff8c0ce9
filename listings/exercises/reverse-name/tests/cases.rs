//! The cases of the exercise.

use std::net::IpAddr;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("a constant address")
}

book_exercise::cases! {
    for ex_reverse_name;

    fn the_numbers_of_ipv4_are_reversed() {
        assert_eq!(reverse_name(ip("192.0.2.1")), "1.2.0.192.in-addr.arpa.");
    }

    fn numbers_are_not_cut_into_digits() {
        assert_eq!(
            reverse_name(ip("10.200.30.4")),
            "4.30.200.10.in-addr.arpa."
        );
    }

    fn the_digits_of_ipv6_are_reversed_zeros_included() {
        assert_eq!(
            reverse_name(ip("2001:db8::567:89ab")),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.\
             8.b.d.0.1.0.0.2.ip6.arpa."
        );
    }

    fn a_mapped_address_is_an_ipv4_address() {
        assert_eq!(
            reverse_name(ip("::ffff:127.0.0.1")),
            "1.0.0.127.in-addr.arpa."
        );
    }
}
