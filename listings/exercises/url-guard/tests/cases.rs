//! The cases of the exercise.

use std::net::IpAddr;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("the text of an address")
}

/// A resolver that must not be asked.
fn nobody(name: &str) -> Vec<IpAddr> {
    panic!("{name} was looked up")
}

book_exercise::cases! {
    for ex_url_guard;

    fn a_public_name_is_allowed_with_its_addresses() {
        let found = allowed("https://a.example/x?q#f", |name| {
            assert_eq!(name, "a.example");
            vec![ip("2a00::5"), ip("93.184.215.14")]
        });
        let found = found.expect("both are public");
        let expected = ["[2a00::5]:443", "93.184.215.14:443"];
        assert_eq!(found.addresses, expected.map(|a| a.parse().unwrap()));
        assert_eq!(found.url.as_str(), "https://a.example/x?q#f");
    }

    fn a_public_address_is_allowed_without_a_lookup() {
        for (url, at) in [
            ("http://93.184.215.14/", "93.184.215.14:80"),
            ("http://[2a00::5]:443/", "[2a00::5]:443"),
        ] {
            let found = allowed(url, nobody).expect("it is public");
            assert_eq!(found.addresses, [at.parse().unwrap()], "{url}");
        }
    }

    fn an_address_in_disguise_is_refused() {
        let loopback = Err(Refused::NotPublic(ip("127.0.0.1")));
        for url in [
            "http://127.0.0.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://127\u{3002}0\u{3002}0\u{3002}1/",
            "http:127.0.0.1",
            r"http:\\127.0.0.1\",
        ] {
            assert_eq!(allowed(url, nobody), loopback, "{url}");
        }
        let mapped = Refused::NotPublic(ip("::ffff:127.0.0.1"));
        assert_eq!(allowed("http://[::ffff:7f00:1]/", nobody), Err(mapped));
    }

    fn one_private_address_of_a_name_is_enough_to_refuse_it() {
        let found = allowed("https://rebind.example/", |_| {
            vec![ip("93.184.215.14"), ip("169.254.169.254")]
        });
        let metadata = ip("169.254.169.254");
        assert_eq!(found, Err(Refused::NotPublic(metadata)));
        let local = |_: &str| vec![ip("::1"), ip("127.0.0.1")];
        let found = allowed("http://localhost/", local);
        assert_eq!(found, Err(Refused::NotPublic(ip("::1"))));
    }

    fn a_name_without_addresses_is_refused() {
        let found = allowed("https://gone.example/", |_| vec![]);
        assert_eq!(found, Err(Refused::NoAddress));
    }

    fn a_user_is_not_a_host() {
        for url in [
            "https://a.example@127.0.0.1/",
            "https://:secret@a.example/",
            "https://a.example:443@b.example/",
        ] {
            assert_eq!(allowed(url, nobody), Err(Refused::Credentials), "{url}");
        }
        let found = allowed(r"https://b.example\@a.example/", |name| {
            assert_eq!(name, "b.example");
            vec![ip("93.184.215.14")]
        });
        let found = found.expect("the address is public");
        assert_eq!(found.url.as_str(), "https://b.example/@a.example/");
    }

    fn other_schemes_and_ports_are_refused() {
        for (url, why) in [
            ("ftp://a.example/", Refused::Scheme),
            ("gopher://a.example:80/", Refused::Scheme),
            ("http://a.example:22/", Refused::Port),
            ("https://a.example:8443/", Refused::Port),
        ] {
            assert_eq!(allowed(url, nobody), Err(why), "{url}");
        }
    }

    fn a_redirect_is_another_strangers_url() {
        let a_example = |_: &str| vec![ip("93.184.215.14")];
        let start = allowed("https://a.example/", a_example).unwrap();
        for (location, why) in [
            ("//127.1/", Refused::NotPublic(ip("127.0.0.1"))),
            ("http://[::1]/", Refused::NotPublic(ip("::1"))),
            ("file:///etc/passwd", Refused::NotAUrl),
            ("https://a.example@[fe80::1]/", Refused::Credentials),
        ] {
            let next = start.url.join(location).unwrap();
            assert_eq!(allowed(next.as_str(), nobody), Err(why), "{location}");
        }
        let rebound = start.url.join("/next").unwrap();
        let found = allowed(rebound.as_str(), |_| vec![ip("10.0.0.1")]);
        assert_eq!(found, Err(Refused::NotPublic(ip("10.0.0.1"))));
    }

    fn what_has_no_host_is_refused() {
        for url in ["", "a.example", "//a.example", "http://", "data:,x",
            "file:///etc/passwd", "http://127.0.0.1.5/", "http://[::1/"] {
            assert_eq!(allowed(url, nobody), Err(Refused::NotAUrl), "{url}");
        }
    }

    fn the_edges_of_every_ipv4_block() {
        for (first, last) in [
            ("0.0.0.0", "0.255.255.255"),
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
        ] {
            assert!(!is_public(ip(first)), "{first}");
            assert!(!is_public(ip(last)), "{last}");
        }
        for public in ["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255",
            "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
            "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
            "192.0.1.255", "192.0.3.0", "192.88.98.255", "192.88.100.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
            "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
            "223.255.255.255"] {
            assert!(is_public(ip(public)), "{public}");
        }
    }

    fn ipv6_is_public_only_where_it_says_so() {
        for private in ["::", "::1", "::7f00:1", "::ffff:10.0.0.1",
            "64:ff9b::7f00:1", "100::1", "fc00::1", "fd12::1", "fe80::1",
            "ff02::1", "1fff::", "4000::", "2001::1", "2001:1ff::",
            "2001:db8::1", "2002:7f00:1::", "3fff:fff::1"] {
            assert!(!is_public(ip(private)), "{private}");
        }
        for public in ["2000::", "2001:200::", "2001:db9::", "2003::1",
            "2a00::5", "3fff:1000::", "::ffff:93.184.215.14"] {
            assert!(is_public(ip(public)), "{public}");
        }
    }
}
