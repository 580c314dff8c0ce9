//! A state that was added to a server, and a `match` that was not told.

// ANCHOR: states
enum Client {
    Waiting,
    Greeted { name: String },
    Leaving { unsent: Vec<u8> },
}

fn on_silence(client: &Client) -> Option<String> {
    match client {
        Client::Waiting => Some("Who is there?".into()),
        Client::Greeted { name } => Some(format!("Still there, {name}?")),
    }
}
// ANCHOR_END: states

fn main() {
    let name = "Ferris".into();
    let unsent = b"Bye".to_vec();
    let clients = [
        Client::Waiting,
        Client::Greeted { name },
        Client::Leaving { unsent },
    ];
    for client in &clients {
        println!("{:?}", on_silence(client));
    }
}
