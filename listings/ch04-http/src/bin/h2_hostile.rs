//! What a hostile client may send, and when hyper has had enough.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ch04_http::h2::frame::{
    Decoder, ErrorCode, Frame, Limits, MIN_MAX_FRAME_SIZE,
};
use ch04_http::h2::hpack::{self, Encoder, Field};
use ch04_http::h2::peer::Peer;
use ch04_http::h2::reset::Budget;
use ch04_http::h2::serve::{Config, in_memory};
use http::Response;
use http_body_util::Full;
use tokio::io::DuplexStream;

/// Frames that are sent together; hyper has its turn between two of these.
type Batch = Vec<Frame>;

fn request(encoder: &mut Encoder, more: &[Field]) -> Bytes {
    let mut fields = vec![
        Field::new(":method", "GET"),
        Field::new(":scheme", "http"),
        Field::new(":path", "/"),
        Field::new(":authority", "x"),
    ];
    fields.extend_from_slice(more);
    let mut block = BytesMut::new();
    encoder.encode(&fields, &mut block);
    block.freeze()
}

// ANCHOR: continuations
/// A field block that does not end.
fn continuations(fragment: &'static [u8]) -> Vec<Batch> {
    let mut head = Frame::headers(1, request(&mut Encoder::new(), &[]), true);
    if let Frame::Headers { end_headers, .. } = &mut head {
        *end_headers = false;
    }
    let more = Frame::Continuation {
        stream: 1,
        block: Bytes::from_static(fragment),
        end_headers: false,
    };
    let mut batches = vec![vec![head]];
    batches.resize(300, vec![more]);
    batches
}
// ANCHOR_END: continuations

// ANCHOR: resets
/// Requests, each with its cancellation right behind it.
fn resets(together: usize) -> Vec<Batch> {
    let mut fields = Encoder::new();
    let pairs: Vec<Batch> = (0..300)
        .map(|n| {
            let (stream, code) = (2 * n + 1, ErrorCode::CANCEL);
            let block = request(&mut fields, &[]);
            let reset = Frame::RstStream { stream, code };
            vec![Frame::headers(stream, block, true), reset]
        })
        .collect();
    pairs.chunks(together).map(<[Batch]>::concat).collect()
}
// ANCHOR_END: resets

/// Requests, each with a mistake behind it that has the server reset it.
fn made_resets() -> Vec<Batch> {
    let mut batches = resets(1);
    for batch in &mut batches {
        let stream = batch[0].stream();
        // Twice the window overflows it.
        let increment = (1 << 31) - 1;
        batch[1] = Frame::WindowUpdate { stream, increment };
    }
    batches
}

fn open_streams() -> Vec<Batch> {
    let mut batches = resets(1);
    for batch in &mut batches {
        batch.pop();
        if let Frame::Headers { end_stream, .. } = &mut batch[0] {
            *end_stream = false;
        }
    }
    batches
}

// ANCHOR: bomb
/// One field of 4,000 octets, and an octet for each time it comes again.
fn bomb(times: usize) -> Vec<Batch> {
    let big = Field::new("x", "y".repeat(4000));
    let fields = vec![big; times];
    let block = request(&mut Encoder::new(), &fields);
    vec![vec![Frame::headers(1, block, true)]]
}
// ANCHOR_END: bomb

fn empty_data() -> Vec<Batch> {
    let mut batches = vec![open_streams().swap_remove(0)];
    batches.resize(300, vec![Frame::data(1, "", false)]);
    batches
}

fn repeated(frame: Frame) -> Vec<Batch> {
    vec![vec![frame; 1000]; 20]
}

/// What a server does at last, and what it had received by then.
async fn server(
    batches: &[Batch],
    config: Config,
) -> Result<String, Box<dyn Error>> {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let server = in_memory(config, move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        std::future::pending::<Response<Full<Bytes>>>()
    });
    let mut client = Peer::connect(server, &[]).await?;
    client.quiet().await?;
    let mut frames = 0;
    let mut end = "took it all".to_owned();
    for batch in batches {
        if let Some(seen) = send(&mut client, batch).await? {
            end = format!("{seen}, after {} frames", frames + batch.len());
            break;
        }
        frames += batch.len();
    }
    Ok(format!("{end}, {} handled", calls.load(Ordering::Relaxed)))
}

/// Sends a batch. What hyper did, if it was more than to acknowledge.
async fn send(
    client: &mut Peer<DuplexStream>,
    batch: &[Frame],
) -> io::Result<Option<String>> {
    let turns = async {
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        sent = client.send(batch) => sent?,
        () = turns => return Ok(Some("read no more".into())),
    }
    // Only what is small is followed frame by frame; a flood does not read.
    if batch[0].stream() == 0 {
        return Ok(None);
    }
    let frames = client.quiet().await?;
    let seen = frames.iter().find_map(|frame| match frame {
        Frame::GoAway { code, debug, .. } => {
            Some(format!("{code} {}", debug.escape_ascii()))
        }
        Frame::RstStream { code, .. } if *code == ErrorCode::REFUSED_STREAM => {
            Some(code.to_string())
        }
        Frame::Headers { block, .. } => {
            let list = hpack::Decoder::new(1 << 14).decode(block);
            list.ok()
                .and_then(|list| Some(list.fields.first()?.to_string()))
        }
        _ => None,
    });
    let closed = client.ended().then(|| "closed".to_owned());
    Ok(seen.or(closed))
}

/// What our codecs say to the same frames, given a clock that stands still.
// ANCHOR: ours
fn ours(batches: &[Batch]) -> Result<Option<String>, Box<dyn Error>> {
    let mut decoder = Decoder::new(Limits::default());
    let mut fields = hpack::Decoder::new(hpack::DEFAULT_LIST);
    let mut resets = Budget::new(100, Duration::from_millis(100));
    for (n, frame) in (1..).zip(batches.iter().flatten()) {
        let mut octets = BytesMut::new();
        frame.encode(MIN_MAX_FRAME_SIZE, &mut octets)?;
        match decoder.decode(&mut octets) {
            Err(error) => {
                return Ok(Some(format!("{error}, after {n} frames")));
            }
            Ok(Some(Frame::RstStream { .. }))
                if !resets.take(Duration::ZERO) =>
            {
                return Ok(Some(format!("too many resets, after {n} frames")));
            }
            Ok(Some(Frame::Headers {
                block,
                end_headers: true,
                ..
            })) => {
                let list = fields.decode(&block)?;
                if list.size > fields.max_list() {
                    return Ok(Some(format!(
                        "{} octets of fields, {} fields kept",
                        list.size,
                        list.fields.len()
                    )));
                }
            }
            _ => {}
        }
    }
    Ok(None)
}
// ANCHOR_END: ours

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let ping = Frame::Ping {
        ack: false,
        data: [0; 8],
    };
    let settings = Frame::Settings {
        ack: false,
        settings: vec![],
    };
    let counting = |resets| Config {
        // As good as never, so that what is printed depends on no clock.
        resets: (resets, Duration::from_secs(3600)),
        ..Config::default()
    };
    let (alone, counted) = (counting(u32::MAX), counting(100));
    for (name, batches) in [
        ("CONTINUATION without end", continuations(b"\0\x01a\x01b")),
        ("the same, empty", continuations(b"")),
        ("cancelled requests, all at once", resets(300)),
        ("cancelled requests, one by one", resets(1)),
        ("requests that the server has to reset", made_resets()),
        ("requests without end", open_streams()),
        ("5 fields of 4,000 octets", bomb(5)),
        ("12,000 fields of 4,000 octets", bomb(12_000)),
        ("empty DATA", empty_data()),
        ("20,000 PING, and we do not read", repeated(ping)),
        ("20,000 SETTINGS, likewise", repeated(settings)),
    ] {
        println!("{name}");
        println!("  hyper: {}", server(&batches, alone).await?);
        if let Some(refusal) = ours(&batches)? {
            println!("  ours:  {refusal}");
        }
    }
    println!("cancelled requests, one by one, to a service that counts");
    println!("  hyper: {}", server(&resets(1), counted).await?);
    Ok(())
}
