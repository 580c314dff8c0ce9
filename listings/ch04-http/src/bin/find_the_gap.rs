//! How a tester finds two servers that disagree, without harm to anybody:
//! one of them waits.

use ch04_http::lax::{BY_LENGTH, Lax, PLAIN};

// ANCHOR: probes
const HEAD: &str = "POST / HTTP/1.1\r\nHost: x\r\n\
    Transfer-Encoding: chunked\r\nContent-Length: ";
/// By its length whole, as chunks not.
const FIRST: &str = "4\r\n\r\n1\r\nA\r\n1";
/// As chunks whole, by its length not.
const SECOND: &str = "6\r\n\r\n0\r\n\r\nX";

/// What one sees who sends `probe`.
fn outcome(front: Lax, back: Lax, probe: &str) -> String {
    let probe = format!("{HEAD}{probe}");
    let bytes = probe.as_bytes();
    let sent = match front.request(bytes) {
        Some((seen, rest)) if seen.is_whole => {
            &bytes[..bytes.len() - rest.len()]
        }
        _ => return "the proxy waits".into(),
    };
    match back.request(sent) {
        Some((seen, [])) if seen.is_whole => "an answer".into(),
        Some((seen, rest)) if seen.is_whole => {
            format!(
                "an answer; {rest:?} stays",
                rest = rest.escape_ascii().to_string()
            )
        }
        _ => "nothing".into(),
    }
}
// ANCHOR_END: probes

fn main() {
    println!("{:17} {:17} first probe      second probe", "proxy", "shop");
    let kinds = [("by length", BY_LENGTH), ("by chunks", PLAIN)];
    for (front_name, front) in kinds {
        for (back_name, back) in kinds {
            let first = outcome(front, back, FIRST);
            let second = outcome(front, back, SECOND);
            println!("{front_name:17} {back_name:17} {first:16} {second}");
        }
    }
}
