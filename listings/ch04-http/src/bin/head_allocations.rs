//! How often memory is asked for while a head is read.

use std::collections::HashMap;
use std::hint::black_box;

use allocation_counter::measure;
use ch04_http::head::{Head, Request};
use ch04_http::limits::Limits;

// ANCHOR: measure
fn main() {
    for fields in [2, 16, 17] {
        let text = request(fields);
        let mapped = measure(|| {
            let mut head = Head::default();
            let len = head.read_request(text.as_bytes(), &Limits::default());
            assert_eq!(len, Ok(Some(text.len())));
            let request = Request::new(text.as_bytes(), &head);
            black_box(request.fields().first("x-1"));
        });
        let copied = measure(|| {
            let lines = text.lines().filter_map(|line| line.split_once(": "));
            let fields: HashMap<String, String> = lines
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            black_box(fields.get("x-1"));
        });
        println!(
            "{fields} fields: {} allocations for the map, {} for copies",
            mapped.count_total, copied.count_total
        );
    }
}
// ANCHOR_END: measure

fn request(fields: usize) -> String {
    let fields: String = (0..fields).map(|n| format!("X-{n}: v\r\n")).collect();
    format!("GET / HTTP/1.1\r\n{fields}\r\n")
}
