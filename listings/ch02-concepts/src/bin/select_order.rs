//! Which branch wins when both are ready: at random, or in order.

use std::future::ready;

// ANCHOR: main
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (mut at_random, mut in_order) = ([0; 2], [0; 2]);
    for _ in 0..1000 {
        let won = tokio::select! {
            _ = ready(()) => 0,
            _ = ready(()) => 1,
        };
        at_random[won] += 1;
        let won = tokio::select! {
            biased;
            _ = ready(()) => 0,
            _ = ready(()) => 1,
        };
        in_order[won] += 1;
    }
    println!("both won at times: {}", at_random.iter().all(|&n| n > 0));
    println!("biased: {in_order:?}");
}
// ANCHOR_END: main
