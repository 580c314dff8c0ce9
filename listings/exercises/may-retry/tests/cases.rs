//! The cases of the exercise.

book_exercise::cases! {
    for ex_may_retry;

    fn a_get_whose_connection_ended_goes_to_another_server() {
        let mut attempt = Attempt {
            method: "GET",
            content_kept: true,
            response_begun: false,
            was_retry: false,
            outcome: Outcome::Closed,
        };
        assert!(may_retry(&attempt));
        attempt.outcome = Outcome::TimedOut;
        assert!(may_retry(&attempt));
    }

    fn idempotent_methods_and_no_others() {
        let attempt = |method| Attempt {
            method,
            content_kept: true,
            response_begun: false,
            was_retry: false,
            outcome: Outcome::Closed,
        };
        for method in
            ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"]
        {
            assert!(may_retry(&attempt(method)), "{method}");
        }
        for method in ["POST", "PATCH", "CONNECT", "LOCK", "get", "GETS", ""] {
            assert!(!may_retry(&attempt(method)), "{method}");
        }
    }

    fn what_was_not_sent_may_be_sent_whatever_it_is() {
        for method in ["GET", "POST", "PATCH", "CONNECT"] {
            let attempt = Attempt {
                method,
                content_kept: false,
                response_begun: false,
                was_retry: false,
                outcome: Outcome::NoConnection,
            };
            assert!(may_retry(&attempt), "{method}");
        }
    }

    fn content_that_is_gone_cannot_be_sent_again() {
        let mut attempt = Attempt {
            method: "PUT",
            content_kept: false,
            response_begun: false,
            was_retry: false,
            outcome: Outcome::Closed,
        };
        assert!(!may_retry(&attempt));
        attempt.content_kept = true;
        assert!(may_retry(&attempt));
    }

    fn half_a_response_cannot_be_taken_back() {
        let mut attempt = Attempt {
            method: "GET",
            content_kept: true,
            response_begun: true,
            was_retry: false,
            outcome: Outcome::Closed,
        };
        assert!(!may_retry(&attempt));
        attempt.response_begun = false;
        assert!(may_retry(&attempt));
    }

    fn a_retry_is_not_retried() {
        for outcome in [Outcome::NoConnection, Outcome::Closed] {
            let mut attempt = Attempt {
                method: "GET",
                content_kept: true,
                response_begun: false,
                was_retry: true,
                outcome,
            };
            assert!(!may_retry(&attempt));
            attempt.was_retry = false;
            assert!(may_retry(&attempt));
        }
    }

    fn a_status_says_whether_another_server_may_do_better() {
        let attempt = |method, code| Attempt {
            method,
            content_kept: true,
            response_begun: false,
            was_retry: false,
            outcome: Outcome::Status(code),
        };
        for code in 100..600 {
            let better = [502, 503, 504].contains(&code);
            assert_eq!(may_retry(&attempt("GET", code)), better, "{code}");
            assert!(!may_retry(&attempt("POST", code)), "POST: {code}");
        }
    }

    fn each_reason_not_to_holds_whatever_the_outcome() {
        for outcome in [
            Outcome::Closed,
            Outcome::TimedOut,
            Outcome::Status(502),
            Outcome::Status(503),
            Outcome::Status(504),
        ] {
            let good = Attempt {
                method: "GET",
                content_kept: true,
                response_begun: false,
                was_retry: false,
                outcome,
            };
            assert!(may_retry(&good));
            for bad in [
                Attempt { method: "POST", ..good },
                Attempt { content_kept: false, ..good },
                Attempt { response_begun: true, ..good },
                Attempt { was_retry: true, ..good },
            ] {
                assert!(!may_retry(&bad), "{bad:?}");
            }
        }
    }
}
