//! The same bytes as a header section of mail and of HTTP.

use ch02_concepts::fields::{
    Dialect, Fields, FieldsError, Limits, Parser, cookies,
};

// ANCHOR: show
fn show(dialect: Dialect, bytes: &[u8]) {
    let mut parser = Parser::new(dialect, Limits::default());
    let outcome: Result<Option<Fields>, FieldsError> = parser.parse(bytes);
    print!("{dialect:?}: ");
    match outcome {
        Ok(None) => println!("not whole yet"),
        Err(error) => println!("refused, {error}"),
        Ok(Some(fields)) => {
            println!("{} bytes", fields.len());
            for field in fields.iter() {
                println!(
                    "  {:?} = {}",
                    field.name,
                    field.value().escape_ascii()
                );
            }
        }
    }
}
// ANCHOR_END: show

// ANCHOR: main
fn main() {
    for bytes in [
        &b"subject: one\r\n two\r\n\r\n"[..],
        b"Host: a.example\r\nHost : b.example\r\n\r\n",
        b"X: one\nHost: b.example\r\n\r\n",
        b"Accept: text/html\r\n",
    ] {
        println!("\"{}\"", bytes.escape_ascii());
        show(Dialect::Mail, bytes);
        show(Dialect::Http, bytes);
    }

    let bytes = b"HOST: a.example\r\n\
        accept: text/html\r\n\
        Cookie: sid=31d4; theme=dark; odd; sid=77\r\n\
        Accept: */*;q=0.1\r\n\
        \r\n\
        the body begins";
    let mut parser = Parser::new(Dialect::Http, Limits::default());
    // As reads would bring it: the same buffer, grown each time.
    let whole = (1..=bytes.len()).find_map(|len| {
        let fields = parser.parse(&bytes[..len]).expect("a good section");
        fields.map(|fields| (len, fields))
    });
    let (len, fields) = whole.expect("it ends with an empty line");
    println!("\nwhole after {len} of {} bytes", bytes.len());
    println!("host: {:?}", fields.only("host").map(|f| f.map(|f| f.name)));
    println!("accept, only: {:?}", fields.only("accept"));
    for field in fields.all("Accept") {
        println!("accept: {}", field.raw.escape_ascii());
    }
    for cookie in fields.all("cookie").flat_map(|field| cookies(field.raw)) {
        println!("{cookie:?}");
    }
}
// ANCHOR_END: main
