//! Fetches a URL, as a small curl does.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use ch04_http::client::stage::{Stage, read_head, respond};
use ch04_http::client::{Config, Request, ResponseHead, Timers, blocking};
use ch04_http::limits::Limits;
use clap::Parser;
use url::Url;

// ANCHOR: args
/// Fetches a URL and prints what is there.
///
/// `http` only. Exits with 1 when there is no whole response, and with 2 when
/// the arguments make no request. A status code is no error.
#[derive(Parser)]
#[command(name = "client_fetch")]
struct Args {
    /// What to fetch; without it, a page of its own server
    url: Option<Url>,
    /// Print the head, too
    #[arg(short, long)]
    include: bool,
    /// The method: GET, or POST with --data
    #[arg(short = 'X', long)]
    method: Option<String>,
    /// Content to send
    #[arg(short, long)]
    data: Option<String>,
    /// A field to send, as in 'Accept: text/plain'
    #[arg(short = 'H', long = "field", value_name = "NAME: VALUE")]
    fields: Vec<String>,
    /// The most redirects to follow
    #[arg(long, default_value_t = 10, value_name = "N")]
    redirects: u32,
    /// The most content to take, in bytes
    #[arg(long, default_value_t = 64 << 20, value_name = "BYTES")]
    limit: u64,
    /// How long it may take in all, in seconds
    #[arg(long, default_value_t = 60, value_name = "S")]
    time: u64,
}
// ANCHOR_END: args

impl Args {
    fn config(&self) -> Config {
        let Config { limits, timers, .. } = Config::default();
        Config {
            redirects: self.redirects,
            limits: Limits {
                body: self.limit,
                ..limits
            },
            timers: Timers {
                whole: Duration::from_secs(self.time),
                ..timers
            },
            ..Config::default()
        }
    }

    fn request(&self, url: Url) -> Result<Request, Box<dyn Error>> {
        let usual = if self.data.is_some() { "POST" } else { "GET" };
        let method = self.method.as_deref().unwrap_or(usual);
        let mut request = Request::new(method, url)?;
        for field in &self.fields {
            let (name, value) =
                field.split_once(':').ok_or("a field without a colon")?;
            request = request.field(name, value)?;
        }
        if let Some(data) = &self.data {
            request = request.content(data.clone())?;
        }
        Ok(request)
    }
}

/// A page, for who names none.
fn own_page() -> io::Result<Url> {
    let server = Stage::script(|_, mut stream| {
        read_head(&mut stream)?;
        respond(&mut stream, 200, "Hello from here!\n")
    })?;
    Ok(server.url("/"))
}

// ANCHOR: fetch
/// Prints the content as it comes: a page need not fit into memory.
fn fetch(args: &Args, request: Request) -> Result<(), Box<dyn Error>> {
    let client = blocking::Client::new(args.config());
    let mut response = client.send(request)?;
    let mut out = io::stdout().lock();
    if args.include {
        print_head(response.head(), &mut out)?;
    }
    io::copy(&mut response, &mut out)?;
    Ok(out.flush()?)
}
// ANCHOR_END: fetch

fn print_head(head: &ResponseHead, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{} {} ", head.version, head.status)?;
    out.write_all(&head.reason)?;
    for (name, value) in head.fields.iter() {
        write!(out, "\n{name}: ")?;
        out.write_all(value)?;
    }
    out.write_all(b"\n\n")
}

fn main() -> ExitCode {
    let args = Args::parse();
    let url = match &args.url {
        Some(url) => Ok(url.clone()),
        None => own_page(),
    };
    let request = url.map_err(Into::into).and_then(|url| args.request(url));
    let (error, code) = match request {
        Err(error) => (error, 2),
        Ok(request) => match fetch(&args, request) {
            Err(error) => (error, 1),
            Ok(()) => return ExitCode::SUCCESS,
        },
    };
    eprintln!("client_fetch: {error}");
    ExitCode::from(code)
}
