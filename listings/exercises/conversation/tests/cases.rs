//! The cases of the exercise.

use ex_conversation::yours::{Event, State};

use Event::{End, Line, Silence};

/// What is said on each event, by either implementation of `step`.
fn talk(
    step: fn(State, Event<'_>) -> (State, Option<String>),
    events: &[Event<'_>],
) -> (State, Vec<Option<String>>) {
    let mut state = State::Waiting;
    let mut said = Vec::new();
    for event in events {
        let (next, words) = step(state, *event);
        state = next;
        said.push(words);
    }
    (state, said)
}

fn some(words: &str) -> Option<String> {
    Some(words.into())
}

book_exercise::cases! {
    for ex_conversation;

    fn a_name_is_greeted() {
        let (state, said) = talk(step, &[Line(" Ferris \t")]);
        assert_eq!(said, [some("Hello, Ferris!")]);
        let name = "Ferris".into();
        assert_eq!(state, State::Greeted { name, answered: 0 });
    }

    fn white_space_within_a_name_is_part_of_it() {
        let (_, said) = talk(step, &[Line("\tAnn Lee "), Silence]);
        assert_eq!(said, [some("Hello, Ann Lee!"), some("Are you there, Ann Lee?")]);
    }

    fn an_empty_name_is_none() {
        let (state, said) = talk(step, &[Line(""), Line("  ")]);
        assert_eq!(said, [some("Who is there?"), some("Who is there?")]);
        assert_eq!(state, State::Waiting);
    }

    fn lines_are_counted() {
        let (state, said) = talk(step, &[Line("Ann"), Line("a"), Line("")]);
        assert_eq!(said[1..], [some("That was line 1."), some("That was line 2.")]);
        let name = "Ann".into();
        assert_eq!(state, State::Greeted { name, answered: 2 });
    }

    fn two_silences_in_a_row_end_it() {
        let (state, said) =
            talk(step, &[Line("Ann"), Line("a"), Silence, Silence]);
        assert_eq!(said[2..], [some("Are you there, Ann?"), some("Goodbye, Ann.")]);
        assert_eq!(state, State::Closed { answered: 1 });
    }

    fn a_line_between_two_silences_is_a_sign_of_life() {
        let (state, said) =
            talk(step, &[Line("Ann"), Silence, Line("yes"), Silence]);
        assert_eq!(said[2..], [some("That was line 1."), some("Are you there, Ann?")]);
        let name = "Ann".into();
        assert_eq!(state, State::Asked { name, answered: 1 });
    }

    fn who_says_nothing_at_all_is_not_asked() {
        let (state, said) = talk(step, &[Silence]);
        assert_eq!(said, [some("Goodbye.")]);
        assert_eq!(state, State::Closed { answered: 0 });
    }

    fn the_end_ends_it_without_a_word() {
        for before in [&[][..], &[Line("Ann")], &[Line("Ann"), Silence]] {
            let (state, said) = talk(step, &[before, &[End]].concat());
            assert_eq!(said.last(), Some(&None), "after {before:?}");
            assert_eq!(state, State::Closed { answered: 0 });
        }
    }

    fn the_end_keeps_the_count() {
        let answered = [Line("Ann"), Line("a"), Line("b")];
        for after in [&[][..], &[Silence]] {
            let (state, _) = talk(step, &[&answered, after, &[End]].concat());
            assert_eq!(state, State::Closed { answered: 2 }, "after {after:?}");
        }
    }

    fn what_is_over_stays_over() {
        for event in [Line("Ann"), Silence, End] {
            let (state, said) = step(State::Closed { answered: 7 }, event);
            assert_eq!((state, said), (State::Closed { answered: 7 }, None));
        }
    }

    fn a_talkative_client_is_no_reason_to_panic() {
        let name = || "Ann".into();
        let full = State::Greeted { name: name(), answered: u32::MAX };
        let (state, _) = step(full.clone(), Line("one more"));
        assert_eq!(state, full);
    }
}
