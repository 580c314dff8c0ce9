use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::head::Head;
use crate::limits::Limits;
use crate::server::response::Body;

struct Site {
    _outside: TempDir,
    files: Files,
    root: TempDir,
}

impl Site {
    fn new() -> Self {
        let (outside, root) =
            (TempDir::new().unwrap(), TempDir::new().unwrap());
        fs::write(outside.path().join("secret"), "secret").unwrap();
        let at = |name: &str| root.path().join(name);
        fs::write(at("a.txt"), "0123456789").unwrap();
        fs::write(at("empty"), "").unwrap();
        fs::write(at(".env"), "secret").unwrap();
        fs::create_dir_all(at("dir/deep")).unwrap();
        fs::write(at("dir/index.html"), "<p>index").unwrap();
        symlink("a.txt", at("link")).unwrap();
        symlink("../a.txt", at("dir/up")).unwrap();
        symlink(outside.path().join("secret"), at("absolute")).unwrap();
        let name = outside.path().file_name().unwrap().to_str().unwrap();
        symlink(format!("../{name}/secret"), at("relative")).unwrap();
        symlink(outside.path(), at("away")).unwrap();
        symlink("loop", at("loop")).unwrap();
        symlink("/proc/self/root", at("magic")).unwrap();
        symlink("/dev/zero", at("device")).unwrap();
        UnixListener::bind(at("socket")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at("pipe"),
            rustix::fs::FileType::Fifo,
            0o600.into(),
            0,
        )
        .unwrap();
        let files = Files::below(root.path()).unwrap();
        Site {
            _outside: outside,
            files,
            root,
        }
    }

    /// Status, fields and content of what answers a request.
    fn ask(&self, target: &str, fields: &str) -> (u16, String, String) {
        self.ask_as("GET", target, fields)
    }

    fn ask_as(
        &self,
        method: &str,
        target: &str,
        fields: &str,
    ) -> (u16, String, String) {
        let bytes =
            format!("{method} {target} HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
        let mut head = Head::default();
        head.read_request(bytes.as_bytes(), &Limits::default())
            .unwrap()
            .unwrap();
        let request = Request::new(bytes.as_bytes(), &head);
        let later = SystemTime::now() + Duration::from_secs(9);
        let response = self
            .files
            .respond(&request, later)
            .unwrap_or_else(Response::status);
        let mut content = String::new();
        let Body::Parts(parts) = &response.body else {
            panic!("parts");
        };
        for part in parts {
            match part {
                Part::Bytes(bytes) => {
                    content += str::from_utf8(bytes).unwrap();
                }
                Part::File(file, range) => {
                    use std::os::unix::fs::FileExt;
                    let mut bytes = vec![0; (range.end - range.start) as usize];
                    file.read_exact_at(&mut bytes, range.start).unwrap();
                    content += str::from_utf8(&bytes).unwrap();
                }
            }
        }
        let fields = String::from_utf8(response.lines().to_vec()).unwrap();
        (response.status, fields, content)
    }

    fn field(&self, target: &str, name: &str) -> String {
        let (_, fields, _) = self.ask(target, "");
        let mut lines = fields.lines();
        let line = lines.find(|l| l.starts_with(name)).unwrap();
        line.split_once(": ").unwrap().1.to_string()
    }
}

#[test]
fn files_and_directories() {
    let site = Site::new();
    let (code, fields, content) = site.ask("/a.txt?x=y", "");
    assert_eq!((code, &content[..]), (200, "0123456789"));
    assert!(fields.contains("Content-Type: text/plain; charset=utf-8\r\n"));
    assert_eq!(site.ask("/empty", "").0, 200);
    assert_eq!(site.ask("/link", "").2, "0123456789");
    assert_eq!(site.ask("/dir/up", "").2, "0123456789");
    assert_eq!(site.ask("/dir/", "").2, "<p>index");
    let (code, fields, _) = site.ask("/dir?a", "");
    assert_eq!(code, 301);
    assert!(fields.contains("Location: /dir/?a\r\n"));
    // Not to another host.
    let (_, fields, _) = site.ask("//dir", "");
    assert!(fields.contains("Location: /dir/\r\n"), "{fields}");
    assert_eq!(site.ask("/dir/deep/", "").0, 404);
    assert_eq!(site.ask("/a.txt/", "").0, 404);
    assert_eq!(site.ask("/", "").0, 404);
}

#[test]
fn there_is_no_way_out() {
    // Whoever opens a pipe waits for good.
    let (done, finished) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let site = Site::new();
        assert_eq!(site.ask("/pipe", "").0, 404);
        done.send(()).unwrap();
    });
    finished.recv_timeout(Duration::from_secs(5)).unwrap();
    let site = Site::new();
    for target in [
        "/absolute",
        "/relative",
        "/away/secret",
        "/loop",
        "/.env",
        "/pipe",
        "/socket",
        "/device",
        "/magic/etc/passwd",
        "/..%5c..%5csecret",
        "/dir%5cindex.html",
        "/A.TXT",
        "/a.txt.",
        "/a.txt%20",
    ] {
        assert_eq!(site.ask(target, "").0, 404, "{target}");
    }
    for target in [
        "/../secret",
        "/dir/../../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/a.txt%00",
        "/%c0%ae%c0%ae/secret",
        "/%e0%80%ae%e0%80%ae/secret",
        "/%ed%a0%80",
        "/dir/%2e./%2E%2e/secret",
    ] {
        assert_eq!(site.ask(target, "").0, 400, "{target}");
    }
    assert_eq!(site.ask("/%252e%252e/secret", "").0, 404);
}

#[test]
fn conditions() {
    let site = Site::new();
    let tag = site.field("/a.txt", "ETag");
    let date = site.field("/a.txt", "Last-Modified");
    let old = "Thu, 01 Jan 1970 00:00:00 GMT";
    let code = |fields: String| site.ask("/a.txt", &fields).0;
    for (field, value, want) in [
        ("If-None-Match", tag.clone(), 304),
        ("If-None-Match", format!("\"a,b\", W/{tag}"), 304),
        ("If-None-Match", "*".into(), 304),
        ("If-None-Match", "\"other\"".into(), 200),
        ("If-None-Match", tag.trim_matches('"').into(), 200),
        ("If-Match", tag.clone(), 200),
        ("If-Match", format!("W/{tag}"), 412),
        ("If-Match", "\"other\"".into(), 412),
        ("If-Match", "*".into(), 200),
        ("If-Modified-Since", date.clone(), 304),
        ("If-Modified-Since", old.into(), 200),
        ("If-Modified-Since", "nonsense".into(), 200),
        ("If-Unmodified-Since", date.clone(), 200),
        ("If-Unmodified-Since", old.into(), 412),
    ] {
        assert_eq!(code(format!("{field}: {value}\r\n")), want, "{field}");
    }
    // A tag weighs more than a date.
    let both = format!("If-None-Match: \"o\"\r\nIf-Modified-Since: {date}\r\n");
    assert_eq!(code(both), 200);
    let (_, fields, content) =
        site.ask("/a.txt", &format!("If-None-Match: {tag}\r\n"));
    assert!(fields.contains(&tag) && content.is_empty());
    // A change shows.
    fs::write(site.root.path().join("a.txt"), "9876543210").unwrap();
    assert_ne!(site.field("/a.txt", "ETag"), tag);
}

#[test]
fn ranges() {
    let site = Site::new();
    let tag = site.field("/a.txt", "ETag");
    let range = |value: &str, more: &str| {
        site.ask("/a.txt", &format!("Range: bytes={value}\r\n{more}"))
    };
    let (code, fields, content) = range("2-4", "");
    assert_eq!((code, &content[..]), (206, "234"));
    assert!(fields.contains("Content-Range: bytes 2-4/10\r\n"));
    let (code, fields, _) = range("10-", "");
    assert_eq!(code, 416);
    assert!(fields.contains("Content-Range: bytes */10\r\n"));
    let (code, fields, content) = range("0-1,-2", "");
    assert_eq!(code, 206);
    let boundary = fields.split("boundary=").nth(1).unwrap();
    let boundary = boundary.lines().next().unwrap();
    let part = |range, text| {
        format!(
            "\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Range: bytes {range}/10\r\n\r\n{text}"
        )
    };
    let end = format!("\r\n--{boundary}--\r\n");
    assert_eq!(content, part("0-1", "01") + &part("8-9", "89") + &end);
    for (if_range, want) in [
        (tag.clone(), 206),
        // It may have changed twice within that second.
        (site.field("/a.txt", "Last-Modified"), 200),
        ("\"other\"".into(), 200),
        (format!("W/{tag}"), 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT".into(), 200),
    ] {
        let more = format!("If-Range: {if_range}\r\n");
        assert_eq!(range("2-4", &more).0, want, "{if_range}");
    }
    assert_eq!(site.ask_as("HEAD", "/a.txt", "Range: bytes=0-1\r\n").0, 200);
    let twice = "Range: bytes=0-1\r\nRange: bytes=0-1\r\n";
    assert_eq!(site.ask("/a.txt", twice).0, 200);
}

/// The first byte of a redirect's target says on whose host it is.
fn stays_here(location: &str) -> bool {
    let rest = location.strip_prefix('/').unwrap_or("//");
    !rest.starts_with(['/', '\\']) && location.bytes().all(|b| b > b' ')
}

#[test]
fn redirects_stay_on_this_host() {
    let site = Site::new();
    for (name, target, location) in [
        ("\\evil.example", "/%5cevil.example", "/%5Cevil.example/"),
        ("\\evil.example", "//\\evil.example", "/%5Cevil.example/"),
        ("evil.example", "///evil.example", "/evil.example/"),
        ("evil.example", "/./%2e//evil.example?/", "/evil.example/?/"),
        ("a\r\nSet-Cookie: b", "/a%0d%0aSet-Cookie:%20b", ""),
        ("\u{85}\u{7f}", "/%c2%85%7f", "/%C2%85%7F/"),
        ("%2e%2e", "/%252e%252e", "/%252e%252e/"),
        ("@evil.example", "/@evil.example", "/@evil.example/"),
        ("a?b#c;d", "/a%3fb%23c;d", "/a%3Fb%23c;d/"),
    ] {
        let _ = fs::create_dir(site.root.path().join(name));
        let (code, fields, _) = site.ask(target, "");
        assert_eq!(code, 301, "{target}");
        let line = fields.lines().find(|l| l.starts_with("Location: "));
        let there = line.unwrap().strip_prefix("Location: ").unwrap();
        assert!(stays_here(there), "{there}");
        assert!(location.is_empty() || there == location, "{there}");
        assert_eq!(fields.lines().count(), 2, "{fields}");
    }
    assert!(site.ask("/.", "").1.contains("Location: /\r\n"));
    assert!(site.ask("/%2e?q", "").1.contains("Location: /?q\r\n"));
}

#[test]
fn names_that_are_too_much() {
    let site = Site::new();
    for target in [
        format!("/{}", "a".repeat(256)),
        format!("/{}", "a".repeat(7000)),
        "/a".repeat(3500),
        format!("/{}dir/", "dir/".repeat(500)),
    ] {
        assert_eq!(site.ask(&target, "").0, 404);
    }
    let slashes = "/".repeat(7000);
    assert_eq!(site.ask(&format!("{slashes}a.txt"), "").0, 200);
    assert_eq!(site.ask(&format!("{}a.txt", "/.".repeat(3000)), "").0, 404);
}

#[test]
fn names_of_other_kinds() {
    use std::os::unix::ffi::OsStrExt;
    let site = Site::new();
    let at =
        |name: &[u8]| site.root.path().join(std::ffi::OsStr::from_bytes(name));
    // Nobody can ask for it: its name is no text.
    fs::write(at(b"\xff"), "bytes").unwrap();
    assert_eq!(site.ask("/%ff", "").0, 400);
    fs::write(at("\u{e9}".as_bytes()), "composed").unwrap();
    assert_eq!(site.ask("/%C3%A9", "").2, "composed");
    // Another name, though it looks the same.
    assert_eq!(site.ask("/e%CC%81", "").0, 404);
    fs::create_dir(at(b".well-known")).unwrap();
    fs::write(at(b".well-known/x"), "known").unwrap();
    assert_eq!(site.ask("/.well-known/x", "").2, "known");
    fs::write(at(b"+"), "plus").unwrap();
    assert_eq!(site.ask("/+", "").2, "plus");
    fs::write(at(b"page.HTML"), "").unwrap();
    assert!(
        site.field("/page.HTML", "Content-Type")
            .contains("text/html")
    );
}

/// What somebody else does to the tree, again and again, until it is dropped.
struct Swapper(std::sync::Arc<std::sync::atomic::AtomicBool>);

impl Swapper {
    fn of(one: PathBuf, other: PathBuf) -> Self {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use std::sync::atomic::{AtomicBool, Ordering};
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let flags = RenameFlags::EXCHANGE;
                renameat_with(CWD, &one, CWD, &other, flags).unwrap();
            }
        });
        Swapper(stop)
    }
}

impl Drop for Swapper {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        // The last exchange may not be over.
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A directory becomes a link to the outside and back, as often as it can.
#[test]
#[cfg(target_os = "linux")]
fn no_way_out_opens_in_between() {
    let site = Site::new();
    let at = |name: &str| site.root.path().join(name);
    fs::create_dir(at("docs")).unwrap();
    fs::write(at("docs/secret"), "public").unwrap();
    let swapper = Swapper::of(at("docs"), at("away"));
    let (mut inside, mut refused) = (0, 0);
    let end = Instant::now() + Duration::from_secs(5);
    while (inside < 100 || refused < 100) && Instant::now() < end {
        match site.ask("/docs/secret", "") {
            (200, _, content) => {
                assert_eq!(content, "public");
                inside += 1;
            }
            (code, ..) => {
                assert_eq!(code, 404);
                refused += 1;
            }
        }
    }
    drop(swapper);
    assert!(inside >= 100 && refused >= 100, "{inside}, {refused}");
}

#[test]
fn what_does_not_open() {
    let of = |errno: Errno| code(&errno.into());
    assert_eq!(of(Errno::NOENT), 404);
    assert_eq!(of(Errno::ACCESS), 404);
    assert_eq!(of(Errno::MFILE), 503);
    assert_eq!(of(Errno::AGAIN), 503);
    assert_eq!(of(Errno::IO), 500);
    assert_eq!(of(Errno::STALE), 500);
    assert_eq!(code(&io::ErrorKind::PermissionDenied.into()), 404);
}

#[test]
fn a_file_of_the_greatest_length() {
    let site = Site::new();
    let path = site.root.path().join("sparse");
    let file = File::create(&path).unwrap();
    // How long it may be is the file system's affair.
    let len = (40..63).rev().map(|n| 1_u64 << n);
    let Some(len) = len.into_iter().find(|len| file.set_len(*len).is_ok())
    else {
        return;
    };
    let bytes = format!(
        "GET /sparse HTTP/1.1\r\nHost: x\r\n\
         Range: bytes={}\r\n\r\n",
        "0-,".repeat(16)
    );
    let mut head = Head::default();
    head.read_request(bytes.as_bytes(), &Limits::default())
        .unwrap()
        .unwrap();
    let request = Request::new(bytes.as_bytes(), &head);
    let response = site.files.respond(&request, SystemTime::now()).unwrap();
    assert_eq!((response.code(), response.length()), (200, Some(len)));
}

#[test]
fn a_directory_is_the_one_that_was_opened() {
    let site = Site::new();
    let above = TempDir::new().unwrap();
    let name = above.path().join("site");
    fs::create_dir(&name).unwrap();
    fs::write(name.join("v"), "old").unwrap();
    let files = Files::below(&name).unwrap();
    fs::rename(&name, above.path().join("site.old")).unwrap();
    fs::create_dir(&name).unwrap();
    fs::write(name.join("v"), "new").unwrap();
    let site = Site { files, ..site };
    assert_eq!(site.ask("/v", "").2, "old");
}

#[test]
fn conditions_do_not_hide_what_is_not_there() {
    let site = Site::new();
    let any = "If-None-Match: *\r\nIf-Match: \"a\"\r\nRange: bytes=0-1\r\n";
    assert_eq!(site.ask("/none", any).0, 404);
    assert_eq!(site.ask("/dir", any).0, 301);
    // What has not changed has no parts, what is not meant no bad ones.
    let tag = site.field("/a.txt", "ETag");
    let far = "Range: bytes=99-\r\n";
    let known = format!("If-None-Match: {tag}\r\n{far}");
    assert_eq!(site.ask("/a.txt", &known).0, 304);
    let other = format!("If-Match: \"o\"\r\n{far}");
    assert_eq!(site.ask("/a.txt", &other).0, 412);
    let changed = format!("If-Range: \"o\"\r\n{far}");
    assert_eq!(site.ask("/a.txt", &changed).0, 200);
    assert_eq!(site.ask("/empty", "Range: bytes=-5\r\n").0, 200);
    assert_eq!(site.ask("/empty", "Range: bytes=0-\r\n").0, 416);
}

#[test]
fn what_a_cache_may_do_is_said_with_every_file() {
    let mut site = Site::new();
    let field = "Cache-Control: no-cache\r\n";
    assert!(!site.ask("/a.txt", "").1.contains("Cache-Control"));
    site.files = Files::below(site.root.path())
        .unwrap()
        .cache_control("no-cache")
        .unwrap();
    let tag = site.field("/a.txt", "ETag");
    for (fields, code) in [
        (String::new(), 200),
        ("Range: bytes=1-2\r\n".into(), 206),
        (format!("If-None-Match: {tag}\r\n"), 304),
    ] {
        let reply = site.ask("/a.txt", &fields);
        assert!(reply.0 == code && reply.1.contains(field), "{reply:?}");
    }
    assert!(!site.ask("/none", "").1.contains(field));
    let bad = site.files.cache_control("no-cache\r\nA: b");
    assert_eq!(bad.unwrap_err(), BadField::Value);
}

/// Pieces of which a path out could be made.
const PIECES: [&str; 28] = [
    "/",
    "/",
    "/",
    ".",
    "..",
    "%2e",
    "%2E",
    "%2f",
    "%5c",
    "\\",
    "%00",
    "%c0",
    "%ae",
    "%25",
    "2e",
    "%",
    "up",
    "away",
    "absolute",
    "relative",
    "magic",
    "dir",
    "a.txt",
    "link",
    "secret",
    "loop",
    "pipe",
    "evil.example",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_path_leads_out(
        paths in prop::collection::vec(
            prop::collection::vec(0..PIECES.len(), 1..10), 50,
        ),
        fields in "(Range: bytes=[0-9,-]{1,12}\r\n)?",
    ) {
        let site = Site::new();
        for pieces in paths {
            let pieces = pieces.iter().map(|n| PIECES[*n]);
            let path: String = std::iter::once("/").chain(pieces).collect();
            let (code, lines, content) = site.ask(&path, &fields);
            prop_assert!(
                matches!(code, 200 | 206 | 301 | 400 | 404 | 416),
                "{} {}", path, code
            );
            prop_assert!(!content.contains("secret"), "{}", path);
            let location = lines.lines().find(|l| l.starts_with("Location:"));
            let there = location.map(|l| &l["Location: ".len()..]);
            prop_assert!(there.is_none_or(stays_here), "{}", lines);
        }
    }
}
