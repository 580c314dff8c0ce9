use super::*;

/// What a reader says of `bytes` that arrive in pieces of `size`.
fn items(bytes: &[u8], size: usize) -> (Vec<String>, Option<Fault>) {
    let mut requests = Requests::new(Limits::default());
    let (mut buffer, mut said) = (Vec::new(), Vec::<String>::new());
    for piece in bytes.chunks(size) {
        buffer.extend(piece);
        loop {
            match requests.next(&buffer) {
                Ok((taken, Item::More)) => {
                    buffer.drain(..taken);
                    break;
                }
                Ok((taken, item)) => {
                    let item = match item {
                        Item::Data(data) => format!("data {data:?}"),
                        item => format!("{item:?}"),
                    };
                    said.push(item);
                    buffer.drain(..taken);
                }
                Err(fault) => return (said, Some(fault)),
            }
        }
    }
    (said, requests.ended(&buffer).err())
}

#[test]
fn two_requests_and_a_chunked_body() {
    let bytes = b"GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n\
        POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\
        3;a=\"b\"\r\nabc\r\n0\r\nX: y\r\n\r\n";
    let (said, fault) = items(bytes, bytes.len());
    assert_eq!(fault, None);
    assert_eq!(said.len(), 5, "{said:#?}");
    assert!(said[4].contains("(\"X\", \"y\")"));
    let (bytewise, fault) = items(bytes, 1);
    assert_eq!(fault, None);
    assert_eq!(bytewise.len(), 7);
}

#[test]
fn faults() {
    use Fault as F;
    for (bytes, fault) in [
        ("GET / HTTP/1.1\r\n\r\n", F::NoHost),
        ("GET / HTTP/1.1\nHost: x\r\n\r\n", F::BareLf),
        ("GET /\r\n\r\n", F::NoVersion),
        ("GET / HTTP/1\r\n\r\n", F::NoVersion),
        ("GET / HTTP/2.0\r\n\r\n", F::Version(2, 0)),
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", F::SpaceBeforeColon),
        ("GET / HTTP/1.1\r\nHost: x\r\n y\r\n\r\n", F::Folded),
        ("GET / HTTP/1.1\r\nHost\r\n\r\n", F::NoColon),
        ("GET / HTTP/1.1\r\n: x\r\n\r\n", F::NoName),
        ("GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n", F::BareCr),
        ("GET / HTTP/1.1\r\nA: \0\r\n\r\n", F::Control(0)),
        ("GET x HTTP/1.1\r\n\r\n", F::TargetForm),
        ("GET /\x7f HTTP/1.1\r\n\r\n", F::Control(0x7f)),
    ] {
        for size in [1, 2, 3, bytes.len()] {
            let (_, found) = items(bytes.as_bytes(), size);
            assert_eq!(found, Some(fault), "{bytes:?} by {size}");
        }
    }
}
