//! The cases of the exercise.

use std::net::Ipv4Addr;

const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 254);
const OTHER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 253);

fn ip(text: &str) -> Ipv4Addr {
    text.parse().expect("a constant address")
}

book_exercise::cases! {
    for ex_next_hop;

    fn a_neighbor_is_asked_for_itself() {
        let routes = [Route { prefix: ip("192.0.2.0"), len: 24, via: None }];
        let neighbor = ip("192.0.2.77");
        assert_eq!(next_hop(&routes, neighbor), Some(neighbor));
    }

    fn a_stranger_is_reached_through_the_router() {
        let routes = [
            Route { prefix: ip("192.0.2.0"), len: 24, via: None },
            Route { prefix: ip("0.0.0.0"), len: 0, via: Some(ROUTER) },
        ];
        for far in ["192.0.3.1", "192.0.1.255", "8.8.8.8", "255.0.0.1"] {
            assert_eq!(next_hop(&routes, ip(far)), Some(ROUTER), "{far}");
        }
        let neighbor = ip("192.0.2.1");
        assert_eq!(next_hop(&routes, neighbor), Some(neighbor));
    }

    fn without_a_route_there_is_no_way() {
        assert_eq!(next_hop(&[], ip("192.0.2.1")), None);
        let routes = [Route { prefix: ip("192.0.2.0"), len: 24, via: None }];
        assert_eq!(next_hop(&routes, ip("192.0.3.1")), None);
    }

    fn the_longest_prefix_counts_wherever_it_stands() {
        let default = Route { prefix: ip("0.0.0.0"), len: 0, via: Some(ROUTER) };
        let office = Route { prefix: ip("10.0.0.0"), len: 8, via: Some(OTHER) };
        let lab = Route { prefix: ip("10.1.0.0"), len: 16, via: None };
        let in_lab = ip("10.1.2.3");
        for routes in [
            [default, office, lab],
            [lab, office, default],
            [office, lab, default],
            [office, default, lab],
        ] {
            assert_eq!(next_hop(&routes, in_lab), Some(in_lab));
            assert_eq!(next_hop(&routes, ip("10.2.0.1")), Some(OTHER));
            assert_eq!(next_hop(&routes, ip("11.0.0.1")), Some(ROUTER));
        }
    }

    fn a_prefix_need_not_end_at_a_dot() {
        let routes = [Route { prefix: ip("192.0.2.64"), len: 26, via: None }];
        for (address, fits) in [
            ("192.0.2.63", false),
            ("192.0.2.64", true),
            ("192.0.2.127", true),
            ("192.0.2.128", false),
        ] {
            let hop = next_hop(&routes, ip(address));
            assert_eq!(hop.is_some(), fits, "{address}");
        }
    }

    fn bits_behind_the_prefix_do_not_matter() {
        // As an address is given to a card: 192.0.2.1/24.
        let routes = [Route { prefix: ip("192.0.2.1"), len: 24, via: None }];
        assert!(next_hop(&routes, ip("192.0.2.200")).is_some());
    }

    fn all_bits_and_none() {
        let host = Route { prefix: ip("198.51.100.7"), len: 32, via: Some(OTHER) };
        let all = Route { prefix: ip("255.255.255.255"), len: 0, via: None };
        assert_eq!(next_hop(&[all, host], ip("198.51.100.7")), Some(OTHER));
        let near = ip("198.51.100.6");
        assert_eq!(next_hop(&[all, host], near), Some(near));
    }

    fn of_two_equal_routes_the_first() {
        let routes = [ROUTER, OTHER].map(|router| Route {
            prefix: ip("0.0.0.0"),
            len: 0,
            via: Some(router),
        });
        assert_eq!(next_hop(&routes, ip("192.0.2.1")), Some(ROUTER));
    }

    fn no_address_has_more_than_32_bits() {
        let prefix = ip("192.0.2.1");
        let routes = [Route { prefix, len: 33, via: None }];
        assert_eq!(next_hop(&routes, prefix), None);
    }
}
