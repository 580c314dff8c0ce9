//! Messages that want to hurt, and what the decoder says to them.

use ch03_sockets::dns::Message;

fn main() {
    // ANCHOR: messages
    // One question each; its name begins at octet 12.
    let header = |questions: u16, answers: u16| {
        let counts = [0x2a2a, 0x0100, questions, answers, 0, 0];
        counts.into_iter().flat_map(u16::to_be_bytes).collect()
    };
    let message = |name: &[u8]| -> Vec<u8> {
        let header: Vec<u8> = header(1, 0);
        [&header[..], name, &[0, 1, 0, 1]].concat()
    };
    let long = [b"\x3f".as_slice(), &[b'x'; 63]].concat().repeat(4);
    let hostile: [(&str, Vec<u8>); 8] = [
        ("a pointer to itself", message(&[0xc0, 12])),
        ("a label, then back to it", message(b"\x01a\xc0\x0c")),
        ("a pointer forward", message(&[0xc0, 14, 0])),
        ("a name of 257 octets", message(&[&long[..], &[0]].concat())),
        ("a label type of long ago", message(&[0x41, 0])),
        ("a label that never ends", message(&[63])),
        ("65,535 answers, they say", header(0, 0xffff)),
        ("something after the end", [message(&[0]), vec![0]].concat()),
    ];
    // ANCHOR_END: messages
    for (what, octets) in hostile {
        match Message::decode(&octets) {
            Ok(message) => println!("{what:<26} {:?}", message.questions),
            Err(error) => println!("{what:<26} {error}"),
        }
    }
}
