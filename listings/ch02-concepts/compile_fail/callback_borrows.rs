//! A callback that borrows from the function that leaves it behind.

use std::thread;

fn ask(done: impl FnOnce(String) + Send + 'static) {
    thread::spawn(|| done("rain".into()));
}

fn weather(city: &str) {
    ask(move |sky| println!("{sky} in {city}"));
}

fn main() {
    weather(&String::from("Bergen"));
}
