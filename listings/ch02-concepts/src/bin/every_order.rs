//! Every order in which a poll and a wake-up can meet, and which of them hang.

use Step::{Give, Leave, Look, Wake};

#[derive(Debug, Clone, Copy)]
enum Step {
    /// The future looks whether the signal was given.
    Look,
    /// The future leaves its waker.
    Leave,
    /// The other thread gives the signal.
    Give,
    /// The other thread takes the waker that was left, and wakes.
    Wake,
}

/// What one thread does, in order; what stands together happens at once.
type Thread<'a> = &'a [&'a [Step]];

#[derive(Clone, Copy, Default)]
struct State {
    given: bool,
    left: bool,
    woken: bool,
    done: bool,
    poll_at: usize,
    give_at: usize,
}

impl State {
    fn take(&mut self, step: Step) {
        match step {
            Look => self.done |= self.given,
            Leave => self.left = true,
            Give => self.given = true,
            Wake => self.woken |= std::mem::take(&mut self.left),
        }
    }
}

// ANCHOR: orders
/// How many orders there are from `state` on; which hang goes to `hang`.
fn orders(
    poll: Thread<'_>,
    give: Thread<'_>,
    mut state: State,
    taken: &str,
    hang: &mut Vec<String>,
) -> usize {
    if state.poll_at == poll.len() && state.woken {
        (state.poll_at, state.woken) = (0, false); // Polled again.
    }
    let mut next = Vec::new();
    if let Some(steps) = poll.get(state.poll_at)
        && !state.done
    {
        let poll_at = state.poll_at + 1;
        next.push((steps, State { poll_at, ..state }));
    }
    if let Some(steps) = give.get(state.give_at) {
        let give_at = state.give_at + 1;
        next.push((steps, State { give_at, ..state }));
    }
    if next.is_empty() {
        hang.extend((!state.done).then(|| taken.to_owned()));
        return 1;
    }
    let mut count = 0;
    for (steps, mut state) in next {
        steps.iter().for_each(|step| state.take(*step));
        let taken = format!("{taken} {steps:?}");
        count += orders(poll, give, state, &taken, hang);
    }
    count
}
// ANCHOR_END: orders

// ANCHOR: main
fn main() {
    let cases: [(&str, Thread<'_>, Thread<'_>); 4] = [
        ("looks first", &[&[Look], &[Leave]], &[&[Give], &[Wake]]),
        ("leaves first", &[&[Leave], &[Look]], &[&[Give], &[Wake]]),
        ("wakes too early", &[&[Leave], &[Look]], &[&[Wake], &[Give]]),
        ("both under a lock", &[&[Look, Leave]], &[&[Give], &[Wake]]),
    ];
    for (name, poll, give) in cases {
        let mut hang = Vec::new();
        let all = orders(poll, give, State::default(), "", &mut hang);
        println!("{name}: {} of {all} orders hang", hang.len());
        for order in hang {
            println!("   {order}");
        }
    }
}
// ANCHOR_END: main
