//! How likely it is that two of many random nonces are the same.

// ANCHOR: all
/// About 1 − e^(−n²/2N), for n nonces out of N.
fn collision(messages: f64, bits: i32) -> f64 {
    -f64::exp_m1(-messages * messages / 2.0 / 2f64.powi(bits))
}

fn main() {
    println!("messages    96 bits    192 bits");
    for power in [16, 32, 40, 48] {
        let messages = 2f64.powi(power);
        let [short, long] = [96, 192].map(|bits| collision(messages, bits));
        println!("    2^{power}    {short:>7.0e}    {long:>8.0e}");
    }
}
// ANCHOR_END: all
