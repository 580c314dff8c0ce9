//! A secret key cannot end up in a log.

use ch03_encryption::channel::Identity;
use zeroize::Zeroizing;

fn main() {
    let identity = Identity::from_entropy(&Zeroizing::new([1; 32]));
    println!("starting as {identity:?}");
}
