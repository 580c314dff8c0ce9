//! The cases of the exercise.

use ex_after_goaway::yours::{Sent, Then};

const POST: Sent = Sent {
    stream: 5,
    method: "POST",
    answered: false,
    reset: None,
};

book_exercise::cases! {
    for ex_after_goaway;

    fn what_is_answered_is_done() {
        let request = Sent { answered: true, ..POST };
        for last in [None, Some(0), Some(5), Some(7)] {
            assert_eq!(then(request, last), Then::Done);
        }
    }

    fn a_stream_above_the_last_was_not_begun() {
        assert_eq!(then(POST, Some(3)), Then::Again);
        assert_eq!(then(POST, Some(0)), Then::Again);
    }

    fn one_up_to_the_last_may_have_been() {
        assert_eq!(then(POST, Some(5)), Then::Unknown);
        assert_eq!(then(POST, Some(u32::MAX >> 1)), Then::Unknown);
    }

    fn without_goaway_any_may_have_been() {
        assert_eq!(then(POST, None), Then::Unknown);
    }

    fn a_refused_stream_was_not_begun() {
        let refused = Sent { reset: Some(7), ..POST };
        assert_eq!(then(refused, None), Then::Again);
        assert_eq!(then(refused, Some(5)), Then::Again);
        let cancelled = Sent { reset: Some(8), ..POST };
        assert_eq!(then(cancelled, Some(5)), Then::Unknown);
    }

    fn what_may_be_done_twice_is_sent_again() {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"] {
            let request = Sent { method, ..POST };
            assert_eq!(then(request, None), Then::Again, "{method}");
        }
        for method in ["POST", "PATCH", "CONNECT", "get", ""] {
            let request = Sent { method, ..POST };
            assert_eq!(then(request, Some(5)), Then::Unknown, "{method}");
        }
    }
}
