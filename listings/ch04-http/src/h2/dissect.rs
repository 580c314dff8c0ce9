//! A connection's octets, named one field after the other.
//!
//! [`Dissector`] follows one direction: it needs the state that the receiver
//! has, the open field block and the dynamic table. Memory: one frame, one
//! field block, one table, and up to [`MAX_TEXT`] bytes of text for a row. A
//! row stands for an octet or more, an empty payload aside.

use std::error;
use std::fmt::{self, Write as _};

use bytes::{Bytes, BytesMut};

use super::frame::{
    self, Frame, HEADER_LEN, Head, PREFACE, flag, kind, setting,
};
use super::hpack::{self, Form};

/// The longest text of a row, in bytes.
pub const MAX_TEXT: usize = 160;
/// How many octets a line shows.
const WIDTH: usize = 9;

/// Some octets, and what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The octets.
    pub octets: Bytes,
    /// What they say.
    pub text: String,
}

impl fmt::Display for Row {
    /// In hexadecimal, [`WIDTH`] octets a line, with the text on the first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.text.as_str();
        for (n, octets) in self.octets.chunks(WIDTH).enumerate() {
            let hex: Vec<_> =
                octets.iter().map(|o| format!("{o:02x}")).collect();
            let line = format!("{:<26}  {text}", hex.join(" "));
            let end = if n == 0 { "" } else { "\n" };
            write!(f, "{end}{}", line.trim_end())?;
            text = "";
        }
        Ok(())
    }
}

/// Octets that are not HTTP/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// A frame breaks a rule.
    Frame(frame::Error),
    /// A field block does.
    Block(hpack::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Frame(error) => error.fmt(f),
            Error::Block(error) => error.fmt(f),
        }
    }
}

impl error::Error for Error {}

impl From<frame::Error> for Error {
    fn from(error: frame::Error) -> Self {
        Error::Frame(error)
    }
}

impl From<hpack::Error> for Error {
    fn from(error: hpack::Error) -> Self {
        Error::Block(error)
    }
}

/// One direction of a connection.
#[derive(Debug)]
pub struct Dissector {
    preface: bool,
    received: BytesMut,
    frames: frame::Decoder,
    block: BytesMut,
    fields: hpack::Decoder,
}

impl Dissector {
    /// What a client sends.
    pub fn of_client() -> Dissector {
        Dissector {
            preface: true,
            received: BytesMut::new(),
            frames: frame::Decoder::new(frame::Limits::default()),
            block: BytesMut::new(),
            fields: hpack::Decoder::new(hpack::DEFAULT_LIST),
        }
    }

    /// What a server sends.
    pub fn of_server() -> Dissector {
        Dissector {
            preface: false,
            ..Dissector::of_client()
        }
    }

    /// Takes octets, and names those of the frames that they complete.
    ///
    /// # Errors
    /// [`Error`], also for what would only end a stream: a dissector has no
    /// peer to tell.
    pub fn feed(&mut self, octets: &[u8]) -> Result<Vec<Row>, Error> {
        self.received.extend_from_slice(octets);
        let mut rows = Vec::new();
        if self.preface {
            if !self.frames.preface(&mut self.received)? {
                return Ok(rows);
            }
            self.preface = false;
            push(&mut rows, Bytes::from_static(PREFACE), "connection preface");
        }
        loop {
            // A copy of the frame, before the decoder takes it apart.
            let head = self.received.first_chunk().map(Head::read);
            let len = head.map_or(0, |h| HEADER_LEN + h.length as usize);
            let whole = self.received.get(..len).unwrap_or(b"");
            let whole = Bytes::copy_from_slice(whole);
            let Some(frame) = self.frames.decode(&mut self.received)? else {
                return Ok(rows);
            };
            self.name(&whole, &frame, &mut rows)?;
        }
    }

    fn name(
        &mut self,
        whole: &Bytes,
        frame: &Frame,
        rows: &mut Vec<Row>,
    ) -> Result<(), Error> {
        let mut payload = whole.clone();
        let octets = payload.split_to(HEADER_LEN);
        let head = octets.first_chunk().map(Head::read);
        let head = head.expect("a frame has a header");
        push(rows, octets, head_text(head));
        let padded = head.flags & flag::PADDED != 0;
        let padding = match frame {
            Frame::Data { padding, .. }
            | Frame::Headers { padding, .. }
            | Frame::PushPromise { padding, .. } => padding.unwrap_or(0),
            _ => 0,
        };
        if matches!(head.kind, kind::DATA | kind::HEADERS | kind::PUSH_PROMISE)
            && padded
        {
            push(rows, payload.split_to(1), "pad length");
        }
        let padding = payload.split_off(payload.len() - usize::from(padding));
        self.name_payload(payload, frame, rows)?;
        push(rows, padding, "padding");
        Ok(())
    }

    fn name_payload(
        &mut self,
        mut payload: Bytes,
        frame: &Frame,
        rows: &mut Vec<Row>,
    ) -> Result<(), Error> {
        match frame {
            Frame::Settings { settings, .. } => {
                for (id, value) in settings {
                    let name = setting::name(*id).unwrap_or("unknown");
                    let text = format!("  {name} = {value}");
                    push(rows, payload.split_to(6), text);
                }
            }
            Frame::WindowUpdate { increment, .. } => {
                push(rows, payload, format!("  {increment} octets more"));
            }
            Frame::RstStream { code, .. } => {
                push(rows, payload, format!("  {code}"));
            }
            Frame::GoAway {
                last_stream, code, ..
            } => {
                let text = format!("  last stream {last_stream}");
                push(rows, payload.split_to(4), text);
                push(rows, payload.split_to(4), format!("  {code}"));
                push_quoted(rows, payload);
            }
            Frame::Headers {
                priority,
                end_headers,
                ..
            } => {
                if priority.is_some() {
                    push(rows, payload.split_to(5), "  priority");
                }
                self.name_block(payload, *end_headers, rows)?;
            }
            Frame::PushPromise {
                promised,
                end_headers,
                ..
            } => {
                let text = format!("  promises stream {promised}");
                push(rows, payload.split_to(4), text);
                self.name_block(payload, *end_headers, rows)?;
            }
            Frame::Continuation { end_headers, .. } => {
                self.name_block(payload, *end_headers, rows)?;
            }
            Frame::Priority { .. } => push(rows, payload, "  priority"),
            Frame::Data { .. } | Frame::Ping { .. } | Frame::Unknown { .. } => {
                push_quoted(rows, payload);
            }
        }
        Ok(())
    }

    /// Names a block when it is whole: an instruction may be cut by a frame.
    fn name_block(
        &mut self,
        fragment: Bytes,
        end: bool,
        rows: &mut Vec<Row>,
    ) -> Result<(), Error> {
        self.block.extend_from_slice(&fragment);
        if !end {
            push(rows, fragment, "  a fragment of a field block");
            return Ok(());
        }
        let block = self.block.split().freeze();
        self.fields.steps(&block, |step| {
            let octets = block.slice(step.octets.clone());
            push(rows, octets, format!("  {}", step_text(&step)));
        })?;
        Ok(())
    }
}

/// Adds a row, if there is anything to name.
fn push(rows: &mut Vec<Row>, octets: Bytes, text: impl Into<String>) {
    let mut text = text.into();
    if octets.is_empty() {
        return;
    }
    if text.len() > MAX_TEXT {
        let end = text.floor_char_boundary(MAX_TEXT - "…".len());
        text.truncate(end);
        text.push('…');
    }
    rows.push(Row { octets, text });
}

fn push_quoted(rows: &mut Vec<Row>, octets: Bytes) {
    let shown = octets.slice(..octets.len().min(MAX_TEXT));
    push(rows, octets, format!("  \"{}\"", shown.escape_ascii()));
}

fn head_text(head: Head) -> String {
    let name = kind::name(head.kind).unwrap_or("unknown type");
    let mut text = format!("{name}, {} octets", head.length);
    if head.stream != 0 {
        let _ = write!(text, ", stream {}", head.stream);
    }
    for (bit, name) in flags_of(head.kind) {
        if head.flags & bit != 0 {
            let _ = write!(text, ", {name}");
        }
    }
    text
}

/// The flags that a type defines.
fn flags_of(kind: u8) -> &'static [(u8, &'static str)] {
    const END_STREAM: (u8, &str) = (flag::END_STREAM, "END_STREAM");
    const END_HEADERS: (u8, &str) = (flag::END_HEADERS, "END_HEADERS");
    const PADDED: (u8, &str) = (flag::PADDED, "PADDED");
    match kind {
        kind::DATA => &[END_STREAM, PADDED],
        kind::HEADERS => &[
            END_STREAM,
            END_HEADERS,
            PADDED,
            (flag::PRIORITY, "PRIORITY"),
        ],
        kind::PUSH_PROMISE => &[END_HEADERS, PADDED],
        kind::CONTINUATION => &[END_HEADERS],
        kind::SETTINGS | kind::PING => &[(flag::ACK, "ACK")],
        _ => &[],
    }
}

/// An instruction of HPACK and its field, in a few words.
pub fn step_text(step: &hpack::Step) -> String {
    let field = step.field.as_ref().map(hpack::Field::to_string);
    let field = field.unwrap_or_default();
    let named = |index| match index {
        0 => "new name".to_owned(),
        index => format!("name {index}"),
    };
    match step.form {
        Form::Indexed(index) => format!("{field} (indexed, {index})"),
        Form::Incremental(index) => {
            format!("{field} ({}, kept)", named(index))
        }
        Form::Without(index) => format!("{field} ({})", named(index)),
        Form::Never(index) => {
            format!("{field} ({}, never indexed)", named(index))
        }
        Form::SizeUpdate(size) => format!("table size {size}"),
    }
}
