//! HPACK against the examples of RFC 7541, and against another codec.

use bytes::{Bytes, BytesMut};
use ch04_http::h2::hpack::{
    DEFAULT_LIST, DEFAULT_TABLE, Decoder, Encoder, Error, Field, Form,
    Indexing, STATIC, Table, decode_integer, decode_string, encode_integer,
    huffman,
};
use proptest::prelude::*;

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| {
            u8::from_str_radix(
                str::from_utf8(pair).expect("digits are ASCII"),
                16,
            )
            .expect("digits")
        })
        .collect()
}

fn fields(lines: &[(&'static str, &'static str)]) -> Vec<Field> {
    lines.iter().map(|(n, v)| Field::new(*n, *v)).collect()
}

/// RFC 7541 appendix C.1.
#[test]
fn integers_of_appendix_c() {
    for (value, bits, hex) in
        [(10, 5, "0a"), (1337, 5, "1f9a0a"), (42, 8, "2a")]
    {
        let mut octets = BytesMut::new();
        encode_integer(value, bits, 0, &mut octets);
        assert_eq!(octets, unhex(hex));
        assert_eq!(decode_integer(&mut &octets[..], bits), Ok(value));
    }
}

/// RFC 7541 appendix C.2: one field, one form each, in a table of its own.
#[test]
fn forms_of_appendix_c() {
    let key =
        "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572";
    let path = "040c 2f73 616d 706c 652f 7061 7468";
    let password = "1008 7061 7373 776f 7264 0673 6563 7265 74";
    let secret = Field::secret("password", "secret");
    for (hex, form, field, table) in [
        (
            key,
            Form::Incremental(0),
            Field::new("custom-key", "custom-header"),
            55,
        ),
        (
            path,
            Form::Without(4),
            Field::new(":path", "/sample/path"),
            0,
        ),
        (password, Form::Never(0), secret, 0),
        ("82", Form::Indexed(2), Field::new(":method", "GET"), 0),
    ] {
        let mut decoder = Decoder::new(DEFAULT_LIST);
        let mut steps = Vec::new();
        let block = unhex(hex);
        decoder.steps(&block, |step| steps.push(step)).unwrap();
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].octets, 0..block.len());
        assert_eq!((steps[0].form, &steps[0].field), (form, &Some(field)));
        assert_eq!(decoder.table().size(), table);
    }
}

/// One block of an example: its octets, what they stand for, and the table
/// behind it, the newest entry first.
type Example = (
    &'static str,
    &'static [(&'static str, &'static str)],
    usize,
    &'static [(&'static str, &'static str)],
);

fn follow(table: usize, examples: &[Example], huffman: bool) {
    let mut decoder = Decoder::new(DEFAULT_LIST);
    let mut encoder = Encoder::new();
    if table != DEFAULT_TABLE {
        // The examples begin with a small table; we have to ask for it.
        encoder.set_table(table as u32);
        let mut update = BytesMut::new();
        encoder.encode([], &mut update);
        assert_eq!(decoder.decode(&update).expect("an update").fields, []);
    }
    for (hex, lines, size, entries) in examples {
        let block = unhex(hex);
        let list = decoder.decode(&block).expect("an example");
        assert_eq!(list.fields, fields(lines));
        let sum: usize = fields(lines).iter().map(Field::size).sum();
        assert_eq!(list.size, sum);
        for table in [decoder.table(), {
            let mut ours = BytesMut::new();
            encoder.encode(&fields(lines), &mut ours);
            if huffman {
                // The examples are what our encoder writes.
                assert_eq!(ours, block);
            }
            encoder.table()
        }] {
            assert_eq!(table.size(), *size);
            let held: Vec<_> = table
                .entries()
                .map(|(n, v)| Field::new(n.clone(), v.clone()))
                .collect();
            assert_eq!(held, fields(entries));
        }
    }
}

const GET: (&str, &str) = (":method", "GET");
const HTTP: (&str, &str) = (":scheme", "http");
const HTTPS: (&str, &str) = (":scheme", "https");
const HOST: (&str, &str) = (":authority", "www.example.com");
const CACHE: (&str, &str) = ("cache-control", "no-cache");
const KEY: (&str, &str) = ("custom-key", "custom-value");

const ONE: &[(&str, &str)] = &[GET, HTTP, (":path", "/"), HOST];
const TWO: &[(&str, &str)] = &[GET, HTTP, (":path", "/"), HOST, CACHE];
const THREE: &[(&str, &str)] =
    &[GET, HTTPS, (":path", "/index.html"), HOST, KEY];

#[test]
fn requests_of_appendix_c() {
    let plain: &[Example] = &[
        (
            "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
            ONE,
            57,
            &[HOST],
        ),
        (
            "8286 84be 5808 6e6f 2d63 6163 6865",
            TWO,
            110,
            &[CACHE, HOST],
        ),
        (
            "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 \
             6c75 65",
            THREE,
            164,
            &[KEY, CACHE, HOST],
        ),
    ];
    follow(DEFAULT_TABLE, plain, false);
    let coded: &[Example] = &[
        (
            "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
            ONE,
            57,
            &[HOST],
        ),
        ("8286 84be 5886 a8eb 1064 9cbf", TWO, 110, &[CACHE, HOST]),
        (
            "8287 85bf 4088 25a8 49e9 5b a9 7d7f 8925 a849 e95b b8e8 b4bf",
            THREE,
            164,
            &[KEY, CACHE, HOST],
        ),
    ];
    follow(DEFAULT_TABLE, coded, true);
}

const PRIVATE: (&str, &str) = ("cache-control", "private");
const DATE: (&str, &str) = ("date", "Mon, 21 Oct 2013 20:13:21 GMT");
const LATER: (&str, &str) = ("date", "Mon, 21 Oct 2013 20:13:22 GMT");
const LOCATION: (&str, &str) = ("location", "https://www.example.com");
const GZIP: (&str, &str) = ("content-encoding", "gzip");
const COOKIE: (&str, &str) = (
    "set-cookie",
    "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
);
const FOUND: (&str, &str) = (":status", "302");
const TEMPORARY: (&str, &str) = (":status", "307");

#[test]
fn responses_of_appendix_c() {
    let first: &[_] = &[FOUND, PRIVATE, DATE, LOCATION];
    let second: &[_] = &[TEMPORARY, PRIVATE, DATE, LOCATION];
    let third: &[_] =
        &[(":status", "200"), PRIVATE, LATER, LOCATION, GZIP, COOKIE];
    let after_first: &[_] = &[LOCATION, DATE, PRIVATE, FOUND];
    let after_second: &[_] = &[TEMPORARY, LOCATION, DATE, PRIVATE];
    let after_third: &[_] = &[COOKIE, GZIP, LATER];
    let blocks = |hex: [&'static str; 3]| -> [Example; 3] {
        [
            (hex[0], first, 222, after_first),
            (hex[1], second, 222, after_second),
            (hex[2], third, 215, after_third),
        ]
    };
    let plain = blocks([
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 \
         3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 \
         7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "4803 3330 37c1 c0bf",
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 \
         3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a \
         584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 \
         3630 303b 2076 6572 7369 6f6e 3d31",
    ]);
    follow(256, &plain, false);
    let coded = blocks([
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 \
         66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a \
         839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 \
         72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
    ]);
    // Ours would write "307" plain: its code is no shorter.
    follow(256, &coded, false);
}

#[test]
fn integers_end() {
    let most = [0x1f, 0xe0, 0xff, 0xff, 0xff, 0x0f];
    assert_eq!(decode_integer(&mut &most[..], 5), Ok(u32::MAX));
    for (octets, error) in [
        (&[][..], Error::CutOff),
        (&[0x1f], Error::CutOff),
        (&[0x1f, 0x80, 0x80], Error::CutOff),
        (
            &[0x1f, 0xe1, 0xff, 0xff, 0xff, 0x0f],
            Error::IntegerTooLarge,
        ),
        (
            &[0x1f, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
            Error::IntegerTooLarge,
        ),
        (
            &[0x1f, 0xff, 0xff, 0xff, 0xff, 0xff],
            Error::IntegerTooLarge,
        ),
    ] {
        assert_eq!(decode_integer(&mut &octets[..], 5), Err(error));
    }
    // Zeros that say nothing, as far as six octets go.
    assert_eq!(decode_integer(&mut &[0x1f, 0x80, 0x80, 0][..], 5), Ok(31));
}

#[test]
fn a_length_is_not_believed() {
    // Four gigabytes are said, and one octet comes.
    let mut src = &[0x7f, 0x80, 0xff, 0xff, 0xff, 0x0f, b'x'][..];
    assert_eq!(decode_string(&mut src), Err(Error::CutOff));
}

#[test]
fn what_a_block_can_get_wrong() {
    for (name, hex, error) in [
        ("index 0", "80", Error::NoSuchIndex(0)),
        ("an index of nothing", "be", Error::NoSuchIndex(62)),
        ("a name of nothing", "7f0001 61", Error::NoSuchIndex(63)),
        ("a field without a value", "41", Error::CutOff),
        (
            "a table above the limit",
            "3fe21f",
            Error::TableTooLarge(4097),
        ),
        ("a size behind a field", "8220", Error::LateSizeUpdate),
        (
            "a whole octet of padding",
            "418207ff",
            Error::HuffmanPadding,
        ),
        ("EOS", "4184ffffffff", Error::HuffmanEos),
    ] {
        let mut decoder = Decoder::new(DEFAULT_LIST);
        assert_eq!(decoder.decode(&unhex(hex)), Err(error), "{name}");
        assert_eq!(decoder.decode(&[0x82]), Err(Error::Failed), "{name}");
    }
}

#[test]
fn a_smaller_table_has_to_be_said() {
    let mut decoder = Decoder::new(DEFAULT_LIST);
    decoder.set_table(100);
    assert_eq!(decoder.decode(&[0x82]), Err(Error::NoSizeUpdate));
    let mut decoder = Decoder::new(DEFAULT_LIST);
    decoder.set_table(100);
    assert_eq!(decoder.decode(&[]), Err(Error::NoSizeUpdate));
    let mut decoder = Decoder::new(DEFAULT_LIST);
    decoder.set_table(100);
    let mut encoder = Encoder::new();
    encoder.set_table(0);
    encoder.set_table(100);
    let mut block = BytesMut::new();
    encoder.encode([&Field::new(":method", "GET")], &mut block);
    // Down to nothing, up to 100, and the field.
    assert_eq!(block, unhex("20 3f45 82"));
    assert_eq!(decoder.decode(&block).unwrap().fields.len(), 1);
    assert_eq!(decoder.table().max(), 100);
}

#[test]
fn a_list_that_is_too_long_leaves_the_table_in_order() {
    let mut encoder = Encoder::new();
    let big = Field::new("x", "y".repeat(3000));
    let mut fields = vec![big; 1000];
    fields.push(Field::new("last", "entry"));
    let mut block = BytesMut::new();
    encoder.encode(&fields, &mut block);
    let mut decoder = Decoder::new(10_000);
    let list = decoder.decode(&block).unwrap();
    assert_eq!(list.fields.len(), 3);
    let size: usize = fields.iter().map(Field::size).sum();
    assert_eq!(list.size, size);
    let mut next = BytesMut::new();
    encoder.encode([&Field::new("last", "entry")], &mut next);
    assert_eq!(next.len(), 1);
    let list = decoder.decode(&next).unwrap();
    assert_eq!(list.fields, [Field::new("last", "entry")]);
}

#[test]
fn entries_fill_the_table_to_the_last_octet() {
    // Two entries of 34 octets.
    let mut table = Table::new(68);
    table.insert("a".into(), "b".into());
    table.insert("c".into(), "d".into());
    assert_eq!((table.size(), table.entries().len()), (68, 2));
    table.set_max(68);
    assert_eq!(table.entries().len(), 2);
    table.set_max(67);
    assert_eq!((table.size(), table.entries().len()), (34, 1));
    table.insert("e".into(), "f".repeat(35).into());
    assert_eq!((table.size(), table.entries().len()), (0, 0));
    table.insert("e".into(), "f".repeat(34).into());
    assert_eq!((table.size(), table.entries().len()), (67, 1));
}

#[test]
fn an_entry_larger_than_the_table_empties_it() {
    let mut table = Table::new(100);
    table.insert("a".into(), "b".into());
    table.insert("a".into(), "b".repeat(99).into());
    assert_eq!((table.size(), table.entries().len()), (0, 0));
}

#[test]
fn the_static_table_is_theirs() {
    for index in 1..=61 {
        let mut theirs = Vec::new();
        httlib_hpack::Decoder::default()
            .decode(&mut vec![0x80 | index], &mut theirs)
            .unwrap();
        let (name, value) = Table::new(0).get(index.into()).unwrap();
        let (their_name, their_value, _) = &theirs[0];
        assert_eq!(
            (name, value),
            (their_name.clone().into(), their_value.clone().into())
        );
    }
    assert_eq!(STATIC.len(), 61);
    assert!(Table::new(0).get(62).is_none());
}

fn any_field() -> impl Strategy<Value = Field> {
    // Few names and values, so that they come again; some of any octets.
    let name = prop_oneof![
        prop::sample::select(vec![
            ":path", ":method", "cookie", "accept", "x-one", "x-two"
        ])
        .prop_map(Bytes::from),
        prop::collection::vec(any::<u8>(), 1..20).prop_map(Bytes::from),
    ];
    let value = prop_oneof![
        prop::sample::select(vec!["", "/", "GET", "a=b", "gzip, deflate"])
            .prop_map(Bytes::from),
        prop::collection::vec(any::<u8>(), 0..60).prop_map(Bytes::from),
        "[a-z0-9=; ]{100,400}".prop_map(Bytes::from),
    ];
    (name, value, any::<bool>()).prop_map(|(name, value, sensitive)| Field {
        name,
        value,
        sensitive,
    })
}

fn any_blocks() -> impl Strategy<Value = Vec<Vec<Field>>> {
    prop::collection::vec(prop::collection::vec(any_field(), 0..12), 1..8)
}

proptest! {
    // The other codec takes its time in a debug build.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What we write, they read.
    #[test]
    fn they_decode_what_we_encode(blocks in any_blocks(), size in 0u32..4097) {
        let mut ours = Encoder::new();
        let mut decoder = Decoder::new(usize::MAX);
        let mut theirs = httlib_hpack::Decoder::default();
        ours.set_table(size);
        for fields in blocks {
            let mut block = BytesMut::new();
            ours.encode(&fields, &mut block);
            let mut list = Vec::new();
            theirs.decode(&mut block.to_vec(), &mut list).unwrap();
            let list: Vec<_> =
                list.into_iter().map(|(n, v, _)| (n, v)).collect();
            let expected: Vec<_> = fields
                .iter()
                .map(|f| (f.name.to_vec(), f.value.to_vec()))
                .collect();
            prop_assert_eq!(list, expected);
            prop_assert_eq!(decoder.decode(&block).unwrap().fields, fields);
            prop_assert_eq!(decoder.table().size(), ours.table().size());
            prop_assert!(ours.table().size() <= size as usize);
        }
    }

    /// What they write, we read, in every form that they know.
    #[test]
    fn we_decode_what_they_encode(
        blocks in any_blocks(),
        forms in prop::collection::vec(0u8..32, 12),
    ) {
        use httlib_hpack::Encoder as Theirs;
        let mut theirs = Theirs::default();
        let mut ours = Decoder::new(usize::MAX);
        for fields in blocks {
            let mut block = Vec::new();
            let mut expected = Vec::new();
            for (field, form) in fields.into_iter().zip(&forms) {
                let line = (field.name.to_vec(), field.value.to_vec(), *form);
                theirs.encode(line, &mut block).unwrap();
                // Theirs prefers an index to "never", where it may look.
                let never = Theirs::NEVER_INDEXED;
                let others = Theirs::WITH_INDEXING | Theirs::BEST_FORMAT;
                let sensitive = form & (never | others) == never;
                expected.push((Field { sensitive, ..field }, *form));
            }
            let list = ours.decode(&block).unwrap().fields;
            prop_assert_eq!(list.len(), expected.len());
            for (field, (mut wanted, form)) in list.into_iter().zip(expected) {
                if form & Theirs::BEST_FORMAT != 0 {
                    wanted.sensitive = field.sensitive;
                }
                prop_assert_eq!(field, wanted);
            }
        }
    }

}

proptest! {
    #[test]
    fn integers_survive(value: u32, bits in 1u32..=8, tail: [u8; 2]) {
        let mut octets = BytesMut::new();
        encode_integer(value, bits, 0, &mut octets);
        octets.extend_from_slice(&tail);
        let mut src = &octets[..];
        prop_assert_eq!(decode_integer(&mut src, bits), Ok(value));
        prop_assert_eq!(src, &tail);
    }

    #[test]
    fn strings_survive(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut code = BytesMut::new();
        huffman::encode(&text, &mut code);
        prop_assert_eq!(huffman::decode(&code), Ok(text));
    }

    /// Whatever comes, it is bounded, and a refusal is final.
    #[test]
    fn any_octets_are_taken_or_refused(
        blocks in prop::collection::vec(
            prop::collection::vec(any::<u8>(), 0..100), 1..6),
    ) {
        let mut decoder = Decoder::new(500);
        let mut failed = false;
        for block in blocks {
            let outcome = decoder.decode(&block);
            prop_assert!(!failed || outcome == Err(Error::Failed));
            failed |= outcome.is_err();
            let table = decoder.table();
            prop_assert!(table.size() <= table.max());
            prop_assert!(table.max() <= DEFAULT_TABLE);
            if let Ok(list) = outcome {
                let kept: usize = list.fields.iter().map(Field::size).sum();
                prop_assert!(kept <= 500 && kept <= list.size);
                // What was read can be written, and read again.
                let mut again = BytesMut::new();
                let mut encoder = Encoder::new();
                for field in &list.fields {
                    let form = match field.sensitive {
                        true => Indexing::Never,
                        false => Indexing::Without,
                    };
                    encoder.put_field(field, form, &mut again);
                }
                let second = Decoder::new(500).decode(&again).unwrap();
                prop_assert_eq!(second.fields, list.fields);
            }
        }
    }
}
