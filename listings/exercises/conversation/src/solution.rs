//! One way to do it.

pub use crate::yours::{Event, State};

/// See `yours`.
pub fn step(state: State, event: Event<'_>) -> (State, Option<String>) {
    use Event::{End, Line, Silence};
    use State::{Asked, Closed, Greeted, Waiting};
    match (state, event) {
        (Waiting, Line(line)) => match line.trim() {
            "" => (Waiting, Some("Who is there?".into())),
            name => {
                let hello = format!("Hello, {name}!");
                let name = name.into();
                (Greeted { name, answered: 0 }, Some(hello))
            }
        },
        (Waiting, Silence) => (Closed { answered: 0 }, Some("Goodbye.".into())),
        (Waiting, End) => (Closed { answered: 0 }, None),
        (Greeted { name, answered } | Asked { name, answered }, Line(_)) => {
            let answered = answered.saturating_add(1);
            let answer = format!("That was line {answered}.");
            (Greeted { name, answered }, Some(answer))
        }
        (Greeted { name, answered }, Silence) => {
            let question = format!("Are you there, {name}?");
            (Asked { name, answered }, Some(question))
        }
        (Asked { name, answered }, Silence) => {
            (Closed { answered }, Some(format!("Goodbye, {name}.")))
        }
        (Greeted { answered, .. } | Asked { answered, .. }, End) => {
            (Closed { answered }, None)
        }
        (Closed { answered }, Line(_) | Silence | End) => {
            (Closed { answered }, None)
        }
    }
}
