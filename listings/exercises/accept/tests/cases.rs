//! The cases of the exercise.

const OFFERS: [&str; 3] = ["text/html", "application/json", "text/plain"];

book_exercise::cases! {
    for ex_accept;

    fn what_is_named_is_taken() {
        assert_eq!(best("text/plain", &OFFERS), Some("text/plain"));
        assert_eq!(best("Application/JSON", &OFFERS), Some("application/json"));
        assert_eq!(best("image/png", &OFFERS), None);
    }

    fn all_are_liked_where_nothing_is_said() {
        for all in ["", " \t", "*/*", "*/*;q=0.001"] {
            assert_eq!(best(all, &OFFERS), Some("text/html"), "{all:?}");
        }
        assert_eq!(best("", &[]), None);
    }

    fn the_heavier_wins_wherever_it_stands() {
        let accept = "text/html;q=0.5, application/json;q=0.8, text/plain";
        assert_eq!(best(accept, &OFFERS), Some("text/plain"));
        let accept = "text/html;q=0.09,application/json;q=0.1";
        assert_eq!(best(accept, &OFFERS), Some("application/json"));
    }

    fn a_browser_asks() {
        let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,\
            */*;q=0.8";
        assert_eq!(best(accept, &["image/png", "text/html"]), Some("text/html"));
        assert_eq!(best(accept, &["image/png"]), Some("image/png"));
    }

    fn the_most_specific_range_decides() {
        let accept = "*/*, text/*;q=0.3, text/html;q=0.7, \
            application/json;q=0.2";
        assert_eq!(best(accept, &OFFERS), Some("text/html"));
        let offers = ["text/plain", "application/json"];
        assert_eq!(best(accept, &offers), Some("text/plain"));
        assert_eq!(best("text/*;q=0.1, text/*", &["text/x", "a/b"]),
            Some("text/x"));
    }

    fn zero_is_no() {
        let accept = "text/*, text/html;q=0, text/plain;q=0.000";
        assert_eq!(best(accept, &OFFERS), None);
        assert_eq!(best("*/*, text/html;q=0.", &OFFERS),
            Some("application/json"));
    }

    fn the_first_offer_wins_a_tie() {
        assert_eq!(best("text/plain, text/html", &OFFERS), Some("text/html"));
    }

    fn space_may_stand_around_separators_only() {
        let accept = "text/html ;\tq=0.1 , text/plain; q=0.2";
        assert_eq!(best(accept, &OFFERS), Some("text/plain"));
        for bad in ["text /html", "text/ html", "text/html;q =1",
            "text/html;q= 1"] {
            assert_eq!(best(bad, &OFFERS), None, "{bad}");
        }
    }

    fn what_is_no_range_is_passed_over() {
        for bad in [
            "text", "/html", "text/", "*/html", "text/html;q=2",
            "text/html;q=1.001", "text/html;q=0.1234", "text/html;q=.5",
            "text/html;q=-0", "text/html;q=+1", "text/html;q=1e0",
            "text/html;q=", "text/html;level=1", "text/html;q=1;level=1", ",",
        ] {
            assert_eq!(best(bad, &OFFERS), None, "{bad}");
            let more = format!("{bad}, text/plain");
            assert_eq!(best(&more, &OFFERS), Some("text/plain"), "{more}");
        }
        assert_eq!(best("text/html;Q=1.000", &OFFERS), Some("text/html"));
    }
}
