//! Header sections and cookies (2.3): the pieces in which they arrive must
//! not matter, and what is read can be written and read again.
#![no_main]

use ch02_concepts::fields::{
    Dialect, Fields, FieldsError, Limits, Parser, cookies,
};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    line: 64,
    section: 256,
    fields: 8,
};

fn in_pieces(
    dialect: Dialect,
    bytes: &[u8],
) -> Result<Option<Fields<'_>>, FieldsError> {
    let mut parser = Parser::new(dialect, LIMITS);
    for end in 0..bytes.len() {
        if let Some(fields) = parser.parse(&bytes[..end])? {
            return Ok(Some(fields));
        }
    }
    parser.parse(bytes)
}

fn written(fields: &Fields<'_>) -> Vec<u8> {
    let mut section = Vec::new();
    for field in fields.iter() {
        section.extend(field.name.as_bytes());
        section.push(b':');
        section.extend(field.raw);
        section.extend(b"\r\n");
    }
    section.extend(b"\r\n");
    section
}

fuzz_target!(|bytes: &[u8]| {
    for dialect in [Dialect::Mail, Dialect::Http] {
        let whole = Parser::new(dialect, LIMITS).parse(bytes);
        assert_eq!(in_pieces(dialect, bytes), whole);
        let Ok(Some(fields)) = whole else { continue };
        assert!(fields.len() <= LIMITS.section);
        assert!(fields.iter().count() <= LIMITS.fields);
        let section = written(&fields);
        // What was folded behind its name may be a longer line now.
        let limits = Limits {
            line: LIMITS.section,
            ..LIMITS
        };
        let again = Parser::new(dialect, limits).parse(&section);
        let again = again.expect("it is good").expect("it is whole");
        assert!(again.iter().eq(fields.iter()));
        for field in fields.iter() {
            let value = field.value();
            assert!(!value.iter().any(|byte| b"\0\r\n".contains(byte)));
        }
    }
    for cookie in cookies(bytes).flatten() {
        assert!(!cookie.value.contains([';', ',', ' ']));
    }
});
