//! Field sections as chapter 2 reads them: line by line.

use ch02_concepts::fields::{self, Dialect, Parser};
use proptest::prelude::*;

use super::*;

fn limits() -> [(Limits, fields::Limits); 2] {
    [(30, 80, 4), (8 << 10, 32 << 10, 100)].map(|(line, section, fields)| {
        let ours = Limits {
            field_line: line,
            section,
            fields,
            ..Limits::default()
        };
        let theirs = fields::Limits {
            line,
            section,
            fields,
        };
        (ours, theirs)
    })
}

fn check(bytes: &[u8]) {
    for (ours, theirs) in limits() {
        let mut head = Head::default();
        let ours = head.read_trailer(bytes, &ours);
        let parse = |bytes: &[u8]| {
            let parsed = Parser::new(Dialect::Http, theirs).parse(bytes);
            parsed.map(|fields| {
                fields.map(|fields| {
                    let of = |f: fields::Field| (f.name.into(), f.raw.into());
                    let list: Vec<(String, Vec<u8>)> =
                        fields.iter().map(of).collect();
                    (fields.len(), list)
                })
            })
        };
        match (ours, parse(bytes)) {
            (Ok(Some(len)), Ok(Some(section))) => {
                assert_eq!(section, (len, of_fields(head.fields(bytes))));
            }
            (Ok(None), Ok(None)) | (Err(_), Err(_)) => {}
            // Ours refuses a byte, theirs the line that it is in.
            (Err(_), Ok(None)) => {
                let ended = [bytes, b"\r\n\r\n"].concat();
                parse(&ended).expect_err("ours refused it");
            }
            (ours, theirs) => panic!("{ours:?}, {theirs:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn the_same_sections(bytes in generate::trailer()) {
        check(&bytes);
    }

    #[test]
    fn the_same_of_anything(bytes in generate::anything()) {
        check(&bytes);
    }
}
