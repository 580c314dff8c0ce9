//! One lost packet, and whom it keeps waiting.

use ch04_http::h2::lost_segment::{Failed, Outcome, RESPONSES, Transport, run};

const TRANSPORTS: [(&str, Transport); 3] = [
    ("HTTP/2, one connection", Transport::OneConnection),
    ("HTTP/1.1, six connections", Transport::Connections),
    ("QUIC, six streams", Transport::Streams),
];

fn milliseconds(outcome: &Outcome) -> Vec<u128> {
    outcome.finished.iter().map(|at| at.as_millis()).collect()
}

fn main() -> Result<(), Failed> {
    // ANCHOR: one
    println!("the 31st packet of 60 is lost; responses are whole after (ms)");
    for (name, transport) in TRANSPORTS {
        let outcome = run(transport, 0.0, Some(30), 1)?;
        let times = milliseconds(&outcome)
            .iter()
            .map(|ms| format!("{ms:4}"))
            .collect::<String>();
        println!(
            "{name:<26} {times}   {:2} packets of {} waited",
            outcome.held, outcome.responses_held
        );
    }
    // ANCHOR_END: one
    println!("mean time until a response is whole, 100 seeds (ms)");
    print!("{:<26}", "packets lost");
    for percent in [0, 1, 2, 5] {
        print!(" {percent:4} %");
    }
    println!();
    for (name, transport) in TRANSPORTS {
        print!("{name:<26}");
        for loss in [0.0, 0.01, 0.02, 0.05] {
            let mut sum = 0;
            for seed in 0..100 {
                let outcome = run(transport, loss, None, seed)?;
                sum += milliseconds(&outcome).iter().sum::<u128>();
            }
            print!(" {:6.1}", sum as f64 / (100 * RESPONSES) as f64);
        }
        println!();
    }
    Ok(())
}
