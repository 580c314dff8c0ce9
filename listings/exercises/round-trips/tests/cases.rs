//! The cases of the exercise.

use ex_round_trips::yours::{Page, Tls};

fn http(host: &str) -> Page<'_> {
    Page {
        secure: false,
        host,
    }
}

fn https(host: &str) -> Page<'_> {
    Page { secure: true, host }
}

book_exercise::cases! {
    for ex_round_trips;

    fn no_page_costs_nothing_and_one_costs_three() {
        assert_eq!(round_trips(&[], Tls::V1_3), 0);
        assert_eq!(round_trips(&[http("page.example")], Tls::V1_3), 3);
    }

    fn tls_costs_one_or_two_more() {
        let page = [https("page.example")];
        assert_eq!(round_trips(&page, Tls::V1_3), 4);
        assert_eq!(round_trips(&page, Tls::V1_2), 5);
    }

    fn a_second_page_costs_one() {
        let pages = [https("page.example"); 3];
        assert_eq!(round_trips(&pages, Tls::V1_3), 6);
        assert_eq!(round_trips(&pages, Tls::V1_2), 7);
    }

    fn a_redirect_to_https_needs_another_connection_and_no_name() {
        let pages = [http("page.example"), https("page.example")];
        assert_eq!(round_trips(&pages, Tls::V1_3), 6);
    }

    fn what_a_short_address_costs() {
        // Typed without `https` and `www`, redirected to each.
        let pages = [
            http("page.example"),
            https("page.example"),
            https("www.page.example"),
        ];
        assert_eq!(round_trips(&pages, Tls::V1_3), 10);
        assert_eq!(round_trips(&pages, Tls::V1_2), 12);
    }

    fn connections_stay_open() {
        let (a, b) = (https("a.example"), https("b.example"));
        assert_eq!(round_trips(&[a, b, a, b], Tls::V1_3), 10);
    }

    fn names_have_no_case() {
        let pages = [https("page.example"), https("Page.EXAMPLE")];
        assert_eq!(round_trips(&pages, Tls::V1_3), 5);
    }
}
