//! How large a future is: what it keeps over an `await`.

use std::mem::size_of_val;

use ch02_concepts::oneshot::{Receiver, channel};

// ANCHOR: sizes
fn fill(buffer: &mut [u8; 4096]) -> u8 {
    buffer.fill(7);
    buffer[0]
}

async fn keeps(answer: Receiver<u8>) -> u8 {
    let mut buffer = [0; 4096];
    fill(&mut buffer);
    let _ = answer.await;
    buffer[0]
}

async fn forgets(answer: Receiver<u8>) -> u8 {
    let first = fill(&mut [0; 4096]);
    let _ = answer.await;
    first
}

async fn one_after_the_other(a: Receiver<u8>, b: Receiver<u8>) -> u8 {
    keeps(a).await + keeps(b).await
}

async fn together(a: Receiver<u8>, b: Receiver<u8>) -> u8 {
    let (a, b) = tokio::join!(keeps(a), keeps(b));
    a + b
}
// ANCHOR_END: sizes

fn main() {
    let answer = || channel().1;
    let show = |name, size: usize| {
        let (buffers, rest) = (size / 4096, size % 4096);
        println!("{name}: {buffers} × 4096 + {rest} bytes");
    };
    show("a receiver alone", size_of_val(&answer()));
    show("keeps", size_of_val(&keeps(answer())));
    show("forgets", size_of_val(&forgets(answer())));
    let one = one_after_the_other(answer(), answer());
    show("one_after_the_other", size_of_val(&one));
    show("together", size_of_val(&together(answer(), answer())));
    show("Box::pin(keeps)", size_of_val(&Box::pin(keeps(answer()))));
}
