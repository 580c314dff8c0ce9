use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

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
    let site = Site::new();
    for target in [
        "/absolute",
        "/relative",
        "/away/secret",
        "/loop",
        "/.env",
        "/pipe",
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
        (site.field("/a.txt", "Last-Modified"), 206),
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
