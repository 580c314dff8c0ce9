//! Runs a package's programs and compares what they print with what the book
//! shows.
//!
//! Each file in a package's `output/` folder begins with the command a reader
//! types, followed by what it printed:
//!
//! ```text
//! $ cargo run -p ch03-sockets --bin two_writes
//! read 10 bytes: "helloworld"
//! ```
//!
//! A package proves its files with one test target (`harness = false`):
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     book_output::Programs::of(env!("CARGO_MANIFEST_DIR"))
//!         .redact("two_writes", r"\d+ µs", "[TIME]")
//!         .check()
//! }
//! ```
//!
//! `BLESS=1 cargo test -p ch03-sockets --test output` rewrites the files.
//! Read what it wrote: nothing else will.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::{Arguments, Failed, Trial};
use regex::{Captures, Regex};
use similar::TextDiff;

/// How long a program may run before it is killed and its test fails.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// The programs of one package, and what may vary in what they print.
pub struct Programs {
    root: PathBuf,
    redactions: Vec<(String, Regex, String)>,
    servers: BTreeSet<String>,
    skipped: BTreeMap<String, String>,
    deadline: Duration,
}

impl Programs {
    /// The programs in `src/bin` under `root`, a package's folder: pass
    /// `env!("CARGO_MANIFEST_DIR")`.
    pub fn of(root: impl Into<PathBuf>) -> Self {
        Programs {
            root: root.into(),
            redactions: Vec::new(),
            servers: BTreeSet::new(),
            skipped: BTreeMap::new(),
            deadline: DEADLINE,
        }
    }

    /// Replaces what matches `pattern` in the output of `program` by
    /// `placeholder`, such as `[TIME]`. Ports of local addresses are replaced
    /// in every program's output without being asked for.
    ///
    /// # Panics
    /// If `pattern` is not a regular expression.
    #[must_use]
    pub fn redact(
        mut self,
        program: &str,
        pattern: &str,
        placeholder: &str,
    ) -> Self {
        let regex = Regex::new(pattern).expect("a redaction is a valid regex");
        self.redactions
            .push((program.into(), regex, placeholder.into()));
        self
    }

    /// Declares that `program` keeps running until it is told to stop, so
    /// there is no output to compare. Its own tests have to run it.
    #[must_use]
    pub fn server(mut self, program: &str) -> Self {
        self.servers.insert(program.into());
        self
    }

    /// Does not run `program` on this machine, because it lacks what `reason`
    /// says. The run lists its output as ignored, and why.
    #[must_use]
    pub fn skip(mut self, program: &str, reason: &str) -> Self {
        self.skipped.insert(program.into(), reason.into());
        self
    }

    /// Changes the time a program may take, [`DEADLINE`] by default.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Runs one test per output file, in the manner of `cargo test`.
    pub fn check(self) -> ExitCode {
        let mut arguments = Arguments::from_args();
        // Programs wait for sockets and deadlines more than for a core.
        arguments.test_threads.get_or_insert(4);
        let bless = std::env::var_os("BLESS").is_some_and(|v| v == "1");
        let checks = match self.checks(bless) {
            Ok(checks) => checks,
            Err(error) => {
                eprintln!("{}: {error:#}", self.root.display());
                return ExitCode::FAILURE;
            }
        };
        let trials = checks.into_iter().map(Check::into_trial).collect();
        libtest_mimic::run(&arguments, trials).exit_code()
    }

    fn checks(&self, bless: bool) -> Result<Vec<Check>> {
        let programs = stems(&self.root.join("src/bin"), "rs")?;
        let redacted = self.redactions.iter().map(|redaction| &redaction.0);
        for named in redacted.chain(&self.servers).chain(self.skipped.keys()) {
            ensure!(
                programs.contains(named),
                "tests/output.rs names the program {named}, \
                 but there is no src/bin/{named}.rs"
            );
        }
        let mut files = stems(&self.root.join("output"), "txt")?;
        if bless {
            for program in programs.difference(&self.servers) {
                if !files.iter().any(|file| self.shows(file, program)) {
                    let command = self.plain_command(program);
                    let path = self.file(program);
                    fs::create_dir_all(self.root.join("output"))?;
                    fs::write(&path, format!("$ {command}\n"))?;
                    files.insert(program.clone());
                }
            }
        }
        let mut checks = Vec::new();
        for program in programs.difference(&self.servers) {
            if !files.iter().any(|file| self.shows(file, program)) {
                checks.push(Check {
                    name: program.clone(),
                    task: Task::Missing,
                });
            }
        }
        for name in files {
            let reason = self
                .skipped
                .iter()
                .find(|(program, _)| self.shows(&name, program));
            if let Some((_, reason)) = reason {
                checks.push(Check {
                    name: format!("{name} ({reason})"),
                    task: Task::Skipped,
                });
                continue;
            }
            let job = Job {
                path: self.file(&name),
                programs: programs.clone(),
                redactions: self.redactions.clone(),
                deadline: self.deadline,
                bless,
            };
            checks.push(Check {
                name,
                task: Task::Run(job),
            });
        }
        Ok(checks)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.join("output").join(format!("{name}.txt"))
    }

    fn plain_command(&self, program: &str) -> String {
        let package = self.root.file_name().unwrap_or_default();
        format!("cargo run -p {} --bin {program}", package.to_string_lossy())
    }

    fn shows(&self, file: &str, program: &str) -> bool {
        fs::read_to_string(self.file(file))
            .ok()
            .and_then(|text| Invocation::parse(text.lines().next()?).ok())
            .is_some_and(|invocation| invocation.program == program)
    }
}

/// The first line of an output file, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Invocation {
    program: String,
    arguments: Vec<String>,
}

impl Invocation {
    fn parse(line: &str) -> Result<Self> {
        let command = line.strip_prefix("$ ").with_context(|| {
            format!("the first line must be `$ ` and a command: {line:?}")
        })?;
        let mut words = command.split_whitespace();
        let mut program = None;
        let mut arguments = Vec::new();
        while let Some(word) = words.next() {
            match word {
                "--bin" => program = words.next(),
                "--" => arguments = words.by_ref().map(String::from).collect(),
                _ => {}
            }
        }
        let program = program
            .with_context(|| format!("no `--bin NAME` in {command:?}"))?;
        Ok(Invocation {
            program: program.into(),
            arguments,
        })
    }
}

/// One line of the test's report.
struct Check {
    name: String,
    task: Task,
}

enum Task {
    /// The program has no output file.
    Missing,
    /// The package said that it cannot run here.
    Skipped,
    /// Run the program that an output file names.
    Run(Job),
}

impl Check {
    fn run(self) -> Result<()> {
        match self.task {
            Task::Missing => bail!(
                "src/bin/{}.rs has no file in output/ that says what it \
                 prints; BLESS=1 writes one",
                self.name
            ),
            Task::Skipped => Ok(()),
            Task::Run(job) => job.run(),
        }
    }

    fn into_trial(self) -> Trial {
        let skipped = matches!(self.task, Task::Skipped);
        Trial::test(self.name.clone(), move || {
            self.run().map_err(|e| Failed::from(format!("{e:#}")))
        })
        .with_ignored_flag(skipped)
    }
}

struct Job {
    path: PathBuf,
    programs: BTreeSet<String>,
    redactions: Vec<(String, Regex, String)>,
    deadline: Duration,
    bless: bool,
}

impl Job {
    fn run(&self) -> Result<()> {
        let shown = fs::read_to_string(&self.path)
            .with_context(|| format!("reading {}", self.path.display()))?;
        let first = shown.lines().next().unwrap_or_default();
        let call = Invocation::parse(first)
            .with_context(|| self.path.display().to_string())?;
        ensure!(
            self.programs.contains(&call.program),
            "{}: its first line runs {}, but there is no src/bin/{}.rs",
            self.path.display(),
            call.program,
            call.program,
        );
        let printed = run(
            Command::new(executable(&call.program)?).args(&call.arguments),
            self.deadline,
        )
        .with_context(|| format!("running {first}"))?;
        let mut text = redact_ports(&printed);
        for (program, regex, placeholder) in &self.redactions {
            if *program == call.program {
                text =
                    regex.replace_all(&text, placeholder.as_str()).into_owned();
            }
        }
        let now = format!("{first}\n{text}");
        if self.bless {
            if portable(&now) != portable(&shown) {
                fs::write(&self.path, &now)?;
                println!("blessed {}", self.path.display());
            }
            return Ok(());
        }
        if portable(&now) != portable(&shown) {
            bail!("{}", difference(&self.path, &shown, &now));
        }
        Ok(())
    }
}

/// The program as `cargo test` built it: beside the folder of this test.
fn executable(program: &str) -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test
        .parent()
        .and_then(Path::parent)
        .context("a test stands in target/<profile>/deps")?;
    let path =
        folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    ensure!(path.exists(), "{} was not built", path.display());
    Ok(path)
}

/// Runs `command` and returns its standard output.
///
/// # Errors
/// When it does not end within `deadline` (it is killed), fails, or writes to
/// standard error: a page shows only standard output, and an error that the
/// reader sees in a terminal but not on the page would be a lie.
pub fn run(command: &mut Command, deadline: Duration) -> Result<String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = collect(child.stdout.take().expect("piped"));
    let stderr = collect(child.stderr.take().expect("piped"));
    let status = wait(&mut child, deadline)?;
    // A killed program's own children could still hold the pipes open: what
    // they have printed so far is in the message, but nobody waits for them.
    let Some(status) = status else {
        bail!(
            "still running after {deadline:?}: killed.\n{}",
            stdout
                .recv_timeout(Duration::from_secs(1))
                .unwrap_or_default()
        );
    };
    let stdout = stdout.recv()?;
    let stderr = stderr.recv()?;
    ensure!(
        status.success(),
        "it failed ({status})\n{stdout}\nstandard error:\n{stderr}"
    );
    ensure!(
        stderr.is_empty(),
        "it wrote to standard error, which the page does not show:\n{stderr}"
    );
    Ok(stdout)
}

fn collect(
    mut pipe: impl Read + Send + 'static,
) -> std::sync::mpsc::Receiver<String> {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// Waits for `child`; `None` means that it was killed at the deadline.
fn wait(child: &mut Child, deadline: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Replaces the ports of local addresses: one port becomes `[PORT]`; several
/// are numbered in the order in which they first appear, so that a reader
/// still sees which is which.
fn redact_ports(text: &str) -> String {
    let address = Regex::new(
        r"(127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|\[::\]|\[::ffff:127\.\d+\.\d+\.\d+\]):(\d{4,5})\b",
    )
    .expect("a constant regex");
    let mut ports = Vec::new();
    for capture in address.captures_iter(text) {
        let port = capture[2].to_owned();
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    address
        .replace_all(text, |capture: &Captures<'_>| {
            let place = ports.iter().position(|port| port == &capture[2]);
            match (ports.len(), place) {
                (0 | 1, _) | (_, None) => format!("{}:[PORT]", &capture[1]),
                (_, Some(n)) => format!("{}:[PORT{}]", &capture[1], n + 1),
            }
        })
        .into_owned()
}

/// What must be equal: without trailing white space and, away from Linux,
/// where the outputs were recorded, without the numbers of errors.
fn portable(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(str::trim_end).collect();
    let text = lines.join("\n");
    if cfg!(target_os = "linux") {
        return text;
    }
    Regex::new(r"\(os error \d+\)")
        .expect("a constant regex")
        .replace_all(&text, "(os error)")
        .into_owned()
}

fn difference(path: &Path, shown: &str, now: &str) -> String {
    let mut message = format!("{} is not what it prints:\n", path.display());
    let diff = TextDiff::from_lines(shown, now);
    let _ = write!(
        message,
        "{}",
        diff.unified_diff()
            .header("what the book shows", "what the program printed")
    );
    message.push_str("BLESS=1 takes over what it printed.\n");
    message
}

/// The names of the files in `folder` that end in `.extension`; none when
/// there is no such folder.
fn stems(folder: &Path, extension: &str) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    if !folder.exists() {
        return Ok(names);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == extension) {
            let stem = path.file_stem().unwrap_or_default();
            names.insert(stem.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_port_is_named_and_several_are_numbered() {
        assert_eq!(
            redact_ports("listening on 127.0.0.1:40001"),
            "listening on 127.0.0.1:[PORT]"
        );
        assert_eq!(
            redact_ports("[::1]:50000 -> 127.0.0.2:4000, [::1]:50000"),
            "[::1]:[PORT1] -> 127.0.0.2:[PORT2], [::1]:[PORT1]"
        );
    }

    #[test]
    fn well_known_ports_and_other_addresses_stay() {
        let text = "192.0.2.1:4000 127.0.0.1:53 12:30:59";
        assert_eq!(redact_ports(text), text);
    }

    #[test]
    fn the_first_line_is_a_command() {
        let call =
            Invocation::parse("$ cargo run -p x --bin echo -- --times 3");
        assert_eq!(
            call.unwrap(),
            Invocation {
                program: "echo".into(),
                arguments: vec!["--times".into(), "3".into()]
            }
        );
        assert!(Invocation::parse("listening").is_err());
        assert!(Invocation::parse("$ cargo run -p x").is_err());
    }

    #[test]
    fn a_difference_shows_both_sides() {
        let text =
            difference(Path::new("output/echo.txt"), "$ x\na\n", "$ x\nb\n");
        assert!(text.contains("output/echo.txt"), "{text}");
        assert!(text.contains("-a\n+b"), "{text}");
    }

    #[test]
    fn a_program_that_hangs_is_killed() {
        let start = Instant::now();
        let error =
            run(Command::new("sleep").arg("600"), Duration::from_millis(100))
                .unwrap_err();
        assert!(error.to_string().contains("still running"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn failure_and_standard_error_are_refused() {
        let limit = Duration::from_secs(20);
        let error = run(&mut Command::new("false"), limit).unwrap_err();
        assert!(error.to_string().contains("failed"), "{error}");
        let error =
            run(Command::new("sh").args(["-c", "echo oops >&2"]), limit)
                .unwrap_err();
        assert!(error.to_string().contains("oops"), "{error}");
    }

    fn package(bin: &str, output: Option<&str>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("src/bin")).unwrap();
        fs::create_dir_all(folder.path().join("output")).unwrap();
        let source = folder.path().join(format!("src/bin/{bin}.rs"));
        fs::write(source, "").unwrap();
        if let Some(text) = output {
            let path = folder.path().join(format!("output/{bin}.txt"));
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn failures(programs: &Programs) -> usize {
        let checks = programs.checks(false).unwrap();
        checks.into_iter().filter_map(|c| c.run().err()).count()
    }

    #[test]
    fn a_program_without_output_is_refused() {
        let folder = package("echo", None);
        assert_eq!(failures(&Programs::of(folder.path())), 1);
        assert_eq!(failures(&Programs::of(folder.path()).server("echo")), 0);
    }

    #[test]
    fn an_output_of_no_program_is_refused() {
        let folder = package("echo", Some("$ cargo run --bin other\n"));
        // The file runs a program that is not there, and echo has no file.
        assert_eq!(failures(&Programs::of(folder.path())), 2);
    }

    #[test]
    fn a_skipped_program_is_not_run() {
        // Nothing was built, so running it would fail.
        let folder = package("echo", Some("$ cargo run --bin echo\n"));
        assert_eq!(failures(&Programs::of(folder.path())), 1);
        let programs = Programs::of(folder.path()).skip("echo", "no network");
        assert_eq!(failures(&programs), 0);
    }

    #[test]
    fn a_redaction_of_no_program_is_refused() {
        let folder = package("echo", None);
        let programs = Programs::of(folder.path()).redact("ehco", "x", "y");
        assert!(programs.checks(false).is_err());
    }
}
