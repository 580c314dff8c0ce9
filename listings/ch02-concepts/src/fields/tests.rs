use proptest::prelude::*;

use super::*;

const HTTP: &[u8] = b"Host: a.example\r\n\
    accept:text/html\r\n\
    X-Empty:\r\n\
    Accept: \t */*;q=0.1 \t\r\n\
    \r\nbody";

fn parse(dialect: Dialect, bytes: &[u8]) -> Result<Fields<'_>, FieldsError> {
    Parser::new(dialect, Limits::default()).end(bytes)
}

fn pairs(fields: &Fields<'_>) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    fields
        .iter()
        .map(|field| (field.name.to_owned(), text(&field.value())))
        .collect()
}

fn fault(dialect: Dialect, bytes: &[u8]) -> (usize, Fault) {
    let error = parse(dialect, bytes).unwrap_err();
    (error.line, error.fault)
}

#[test]
fn names_in_any_case_values_trimmed_repeats_in_order() {
    let fields = parse(Dialect::Http, HTTP).unwrap();
    assert_eq!(&HTTP[fields.len()..], b"body");
    assert_eq!(fields.first("HOST").unwrap().raw, b"a.example");
    assert_eq!(fields.first("x-empty").unwrap().raw, b"");
    let accept: Vec<_> = fields.all("Accept").map(|f| f.raw).collect();
    assert_eq!(accept, [&b"text/html"[..], b"*/*;q=0.1"]);
    assert_eq!(fields.only("Accept"), Err(Repeated));
    assert_eq!(fields.only("host").unwrap().unwrap().raw, b"a.example");
    assert_eq!(fields.only("cookie"), Ok(None));
}

#[test]
fn a_value_is_bytes_and_borrowed() {
    let fields = parse(Dialect::Http, b"A: \xe9t\xe9: \xff\r\n\r\n").unwrap();
    let value = fields.first("a").unwrap().value();
    assert!(matches!(value, Cow::Borrowed(b"\xe9t\xe9: \xff")));
}

#[test]
fn mail_unfolds_and_keeps_the_white_space() {
    let mail = b"Subject:\r\n one\r\n\ttwo \r\n  \r\nTo: a\r\n\r\n";
    let fields = parse(Dialect::Mail, mail).unwrap();
    let subject = fields.first("subject").unwrap();
    assert_eq!(subject.raw, b"one\r\n\ttwo");
    assert_eq!(&subject.value()[..], b"one\ttwo");
    assert_eq!(fields.first("to").unwrap().raw, b"a");
    assert_eq!(fields.len(), mail.len());
}

#[test]
fn http_refuses_folds() {
    let folded = b"A: b\r\n c\r\n\r\n";
    assert_eq!(fault(Dialect::Http, folded), (2, Fault::Folded));
    let first = b" A: b\r\n\r\n";
    assert_eq!(fault(Dialect::Http, first), (1, Fault::Folded));
    assert_eq!(fault(Dialect::Mail, first), (1, Fault::FoldedFirst));
}

#[test]
fn what_is_wrong_is_named_in_both() {
    for dialect in [Dialect::Mail, Dialect::Http] {
        for (bytes, line, what) in [
            (&b"A: b\n\r\n"[..], 1, Fault::BareLf),
            (b"A: b\r\n\n", 2, Fault::BareLf),
            (b"A: b\rX: y\r\n\r\n", 1, Fault::Control(b'\r')),
            (b"A: b\r\r\n\r\n", 1, Fault::Control(b'\r')),
            (b"A: \0\r\n\r\n", 1, Fault::Control(0)),
            (b"A: \x7f\r\n\r\n", 1, Fault::Control(0x7f)),
            (b"A\r\n\r\n", 1, Fault::NoColon),
            (b": b\r\n\r\n", 1, Fault::NoName),
            (b"A : b\r\n\r\n", 1, Fault::SpaceBeforeColon),
            (b"A\t: b\r\n\r\n", 1, Fault::SpaceBeforeColon),
            (b"A b: c\r\n\r\n", 1, Fault::Name(b' ')),
            (b"A: b\r\nB(: c\r\n\r\n", 2, Fault::Name(b'(')),
            (b"\xc3\xa9: b\r\n\r\n", 1, Fault::Name(0xc3)),
            (b"A: b", 1, Fault::CutOff),
            (b"A: b\r\nC", 2, Fault::CutOff),
        ] {
            assert_eq!(fault(dialect, bytes), (line, what), "{bytes:?}");
        }
    }
}

#[test]
fn a_mail_may_end_with_its_header() {
    let header = b"A: b\r\n";
    let fields = parse(Dialect::Mail, header).unwrap();
    assert_eq!(fields.len(), header.len());
    assert_eq!(fault(Dialect::Http, header), (2, Fault::CutOff));
}

#[test]
fn limits_hold_to_the_byte() {
    let limits = Limits {
        line: 5,
        section: 16,
        fields: 2,
    };
    let try_it = |bytes| {
        let mut parser = Parser::new(Dialect::Http, limits);
        parser.parse(bytes).map(|_| ()).map_err(|error| error.fault)
    };
    assert_eq!(try_it(b"a:bcd\r\ne:fgh\r\n\r\n"), Ok(()));
    assert_eq!(try_it(b"a:bcd\r"), Ok(()));
    assert_eq!(try_it(b"a:bcde"), Err(Fault::LineTooLong));
    assert_eq!(try_it(b"a:bcd\rx"), Err(Fault::LineTooLong));
    assert_eq!(try_it(b"a:b\r\nc:d\r\ne:"), Ok(()));
    assert_eq!(try_it(b"a:b\r\nc:d\r\ne:f\r\n"), Err(Fault::TooManyFields));
    assert_eq!(
        try_it(b"a:bcd\r\ne:f\r\n\r\n\r\n"),
        Ok(()),
        "the next section is not counted"
    );
    assert_eq!(
        try_it(b"a:bcd\r\ne:fg\r\ni:j"),
        Err(Fault::SectionTooLong),
        "there would be no room for the empty line"
    );
}

#[test]
fn a_parser_reads_one_section_after_another() {
    let bytes = b"A: b\r\n\r\nC: d\r\n\r\n";
    let mut parser = Parser::new(Dialect::Http, Limits::default());
    let len = parser.parse(bytes).unwrap().unwrap().len();
    let next = parser.parse(&bytes[len..]).unwrap().unwrap();
    assert_eq!(pairs(&next), [("C".to_owned(), "d".to_owned())]);
}

#[test]
fn cookies_stand_alone() {
    let value = b"sid=31d4; lang=\"en\";;odd; a b=c; d=e f; g==h; =i; sid=2";
    let found: Vec<_> = cookies(value).collect();
    let good = |name, value| Ok(Cookie { name, value });
    assert_eq!(
        found,
        [
            good("sid", "31d4"),
            good("lang", "\"en\""),
            Err(CookieError::NoEquals),
            Err(CookieError::Name),
            Err(CookieError::Value(b' ')),
            good("g", "=h"),
            Err(CookieError::Name),
            good("sid", "2"),
        ]
    );
}

/// The fields, and the length of their section.
type Read = (Vec<(String, String)>, usize);

/// What a parser makes of bytes that come in pieces.
fn in_pieces(
    dialect: Dialect,
    limits: Limits,
    bytes: &[u8],
    cuts: &[usize],
) -> Result<Option<Read>, FieldsError> {
    let mut parser = Parser::new(dialect, limits);
    for &cut in cuts {
        if let Some(fields) = parser.parse(&bytes[..cut])? {
            return Ok(Some((pairs(&fields), fields.len())));
        }
        assert!(parser.found.places.len() <= limits.fields);
        assert_eq!(parser.found.searched, cut, "no byte is searched twice");
    }
    let whole = parser.parse(bytes)?;
    Ok(whole.map(|fields| (pairs(&fields), fields.len())))
}

#[test]
fn every_split_gives_the_same_fields() {
    for dialect in [Dialect::Http, Dialect::Mail] {
        let limits = Limits::default();
        let whole = in_pieces(dialect, limits, HTTP, &[]);
        assert!(matches!(whole, Ok(Some(_))));
        for first in 0..=HTTP.len() {
            for second in first..=HTTP.len() {
                let cuts = [first, second];
                assert_eq!(in_pieces(dialect, limits, HTTP, &cuts), whole);
            }
        }
    }
}

fn hostile_bytes() -> impl Strategy<Value = Vec<u8>> {
    // Words that matter to the parser, so that random text gets somewhere.
    let word = prop_oneof![
        4 => Just(&b"\r\n"[..]),
        2 => Just(&b":"[..]),
        2 => Just(&b"Name"[..]),
        2 => Just(&b": value\r\n"[..]),
        1 => Just(&b" "[..]),
        1 => Just(&b"\t"[..]),
        1 => Just(&b"\r"[..]),
        1 => Just(&b"\n"[..]),
        1 => Just(&b"\0"[..]),
        1 => Just(&b"\xff"[..]),
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_and_splits_never_panic_and_agree(
        bytes in prop_oneof![
            hostile_bytes(),
            prop::collection::vec(any::<u8>(), 0..200),
        ],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        is_mail: bool,
        line in 0usize..40,
        section in 0usize..120,
        fields in 0usize..5,
    ) {
        let dialect = if is_mail { Dialect::Mail } else { Dialect::Http };
        let limits = Limits { line, section, fields };
        let mut cuts: Vec<usize> =
            cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let whole = in_pieces(dialect, limits, &bytes, &[]);
        prop_assert_eq!(in_pieces(dialect, limits, &bytes, &cuts), whole);
        if let Ok(Some((found, len))) =
            in_pieces(dialect, limits, &bytes, &cuts)
        {
            prop_assert!(found.len() <= fields && len <= section);
            prop_assert!(bytes[..len].ends_with(b"\r\n"));
        }
        let _ = cookies(&bytes).count();
    }
}
