//! An `async fn`, and the same future written by hand.

use std::mem;
use std::net::Ipv4Addr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use ch02_concepts::oneshot::{Closed, Receiver, channel};

type Lookup = Receiver<Ipv4Addr>;
type Answer = Receiver<&'static str>;

// ANCHOR: async_fn
async fn visit(lookup: Lookup, answer: Answer) -> Result<usize, Closed> {
    println!("  asks for the address");
    let address = lookup.await?;
    println!("  asks {address}");
    let text = answer.await?;
    println!("  has {text:?} from {address}");
    Ok(text.len())
}
// ANCHOR_END: async_fn

// ANCHOR: by_hand
enum Visit {
    Start(Lookup, Answer),
    LookingUp(Lookup, Answer),
    Asking(Ipv4Addr, Answer),
    Done,
}

impl Future for Visit {
    type Output = Result<usize, Closed>;

    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Self::Output> {
        loop {
            *self = match mem::replace(&mut *self, Visit::Done) {
                Visit::Start(lookup, answer) => {
                    println!("  asks for the address");
                    Visit::LookingUp(lookup, answer)
                }
                Visit::LookingUp(mut lookup, answer) => {
                    match Pin::new(&mut lookup).poll(context) {
                        Poll::Pending => {
                            *self = Visit::LookingUp(lookup, answer);
                            return Poll::Pending;
                        }
                        Poll::Ready(address) => {
                            let address = address?;
                            println!("  asks {address}");
                            Visit::Asking(address, answer)
                        }
                    }
                }
                // ANCHOR_END: by_hand
                Visit::Asking(address, mut answer) => {
                    match Pin::new(&mut answer).poll(context) {
                        Poll::Pending => {
                            *self = Visit::Asking(address, answer);
                            return Poll::Pending;
                        }
                        Poll::Ready(text) => {
                            let text = text?;
                            println!("  has {text:?} from {address}");
                            return Poll::Ready(Ok(text.len()));
                        }
                    }
                }
                Visit::Done => panic!("polled after its end"),
            };
        }
    }
}

// ANCHOR: drive
fn drive<F: Future>(visit: impl FnOnce(Lookup, Answer) -> F)
where
    F::Output: std::fmt::Debug,
{
    let (found, lookup) = channel();
    let (answered, answer) = channel();
    let mut visit = pin!(visit(lookup, answer));
    let mut context = Context::from_waker(Waker::noop());
    println!("made");
    println!("{:?}", visit.as_mut().poll(&mut context));
    println!("{:?}", visit.as_mut().poll(&mut context));
    found.send(Ipv4Addr::new(192, 0, 2, 1));
    println!("{:?}", visit.as_mut().poll(&mut context));
    answered.send("rain");
    println!("{:?}", visit.as_mut().poll(&mut context));
}

fn main() {
    println!("-- async fn");
    drive(visit);
    println!("-- by hand");
    drive(Visit::Start);
}
// ANCHOR_END: drive
