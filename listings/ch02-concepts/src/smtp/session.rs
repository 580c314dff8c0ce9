//! One connection, as the server sees it.

use std::mem;
use std::time::{Duration, Instant};

use crate::smtp::command::{self, Body, Command, Parameters};
use crate::smtp::lines::{Line, LineReader};
use crate::smtp::path::{self, Mailbox};

/// The longest command line, CR LF included: 512 bytes ([section
/// 4.5.3.1.4](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.4)), 26
/// more in MAIL for SIZE ([RFC 1870, section
/// 3](https://www.rfc-editor.org/rfc/rfc1870#section-3)), and 17 for BODY.
pub const COMMAND_LINE: usize = 512 + 26 + 17;
/// The longest line of a mail's text, CR LF included, the dot that
/// transparency put before it not counted (section 4.5.3.1.6).
pub const TEXT_LINE: usize = 1000;
/// So many recipients a server must take for one mail (section 4.5.3.1.8).
pub const RECIPIENTS: usize = 100;
/// A peer that sends a mail's text gets more time for each so many bytes.
const BLOCK: usize = 4096;
/// Replies are sent together up to about this size.
const REPLIES: usize = 4096;

/// What a server is called and how much it puts up with.
// ANCHOR: config
#[derive(Debug, Clone)]
pub struct Config {
    name: String,
    /// The domains it takes mail for. It relays for no other.
    pub domains: Vec<String>,
    /// The largest mail, in bytes, as RFC 1870 counts them: line ends are,
    /// the dots of transparency are not. At least 64 KiB (section
    /// 4.5.3.1.7); 0 would mean that there is no limit.
    pub max_size: usize,
    /// How many recipients a mail may have, at least [`RECIPIENTS`].
    pub max_recipients: usize,
    /// The so-manyth reply 5yz is replaced by a 421 and the end.
    pub max_errors: u32,
    /// How long the peer may take for a command line ([section
    /// 4.5.3.2.7](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.2.7)
    /// says at least 5 minutes).
    pub command_timeout: Duration,
    /// How long it may take for each 4096 bytes of a mail's text. The line for
    /// which a mail is refused, and those behind it, buy no time.
    pub data_timeout: Duration,
}
// ANCHOR_END: config

impl Config {
    /// A server called `name`, which takes mail for the domain of that name:
    /// up to 10 MiB, for up to [`RECIPIENTS`], with 20 errors and the
    /// timeouts of section 4.5.3.2.
    ///
    /// # Panics
    /// If `name` is not the name of a domain.
    pub fn new(name: &str) -> Self {
        path::check_domain(name).expect("a server's name is a domain");
        Config {
            name: name.to_owned(),
            domains: vec![name.to_owned()],
            max_size: 10 << 20,
            max_recipients: RECIPIENTS,
            max_errors: 20,
            command_timeout: Duration::from_secs(5 * 60),
            data_timeout: Duration::from_secs(3 * 60),
        }
    }
}

/// Who sent a mail and who gets it, as the commands said it. What the mail's
/// own `From:` and `To:` say is another matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What the client called itself.
    pub client: String,
    /// Who hears of it when it cannot be delivered; nobody for `<>`.
    pub reverse_path: Option<Mailbox>,
    /// Who gets it: one at least.
    pub forward_paths: Vec<Mailbox>,
    /// Which bytes the client said there would be.
    pub body: Body,
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// From whom, for whom.
    pub envelope: Envelope,
    /// The text, header and all, as its author wrote it: lines that end with
    /// CR LF, and hold no other CR or LF; no dots added.
    pub data: Vec<u8>,
}

/// Why a mail that came in well is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The disk is full, say: the client tries again later.
    NotNow,
    /// The client tells the sender that it could not be delivered.
    Never,
}

/// What to do next for a session.
// ANCHOR: action
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Write these bytes.
    Send(Vec<u8>),
    /// Store this mail, so that it survives a crash; then call
    /// [`Session::settle`]. Without it the client is told to try again.
    Deliver(Message),
    /// Read some bytes and call [`Session::receive`]; or else, at this time,
    /// call [`Session::next`].
    Receive {
        /// The deadline.
        until: Instant,
    },
    /// Close the connection.
    Close,
}
// ANCHOR_END: action

#[derive(Debug)]
enum State {
    /// Commands come; MAIL, if there was one, filled the envelope.
    Commands(Option<Envelope>),
    /// Text comes.
    Data(Envelope, Text),
    /// The text is whole; may [`Action::Deliver`] be done?
    Whole(Message),
    /// It was done: what came of it?
    Unsettled,
    /// The last reply is written.
    Closing,
}

/// A mail's text as it comes in.
#[derive(Debug)]
enum Text {
    /// So far.
    Taken(Vec<u8>),
    /// The rest is read and thrown away, then answered so.
    Refused(u16, &'static str),
}

/// One connection, as the server sees it.
#[derive(Debug)]
pub struct Session {
    config: Config,
    lines: LineReader,
    replies: Vec<u8>,
    /// The last of them must not wait for others.
    sync: bool,
    state: State,
    /// The client's name, and whether it knows extensions.
    client: Option<(String, bool)>,
    errors: u32,
    deadline: Instant,
    /// How much text came since the deadline was moved.
    block: usize,
}

impl Session {
    /// A connection that was accepted at `now`. Its first action is to send
    /// the greeting.
    pub fn new(config: Config, now: Instant) -> Self {
        let mut session = Session {
            deadline: now + config.command_timeout,
            config,
            lines: LineReader::default(),
            replies: Vec::new(),
            sync: false,
            state: State::Commands(None),
            client: None,
            errors: 0,
            block: 0,
        };
        session.greet();
        session
    }

    /// Takes what has arrived, after [`Action::Receive`] asked for it.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
    }

    /// Says, at the time `now`, what came of [`Action::Deliver`].
    pub fn settle(&mut self, outcome: Result<(), Refusal>, now: Instant) {
        if !matches!(self.state, State::Unsettled) {
            return;
        }
        self.state = State::Commands(None);
        self.restart_clock(now);
        match outcome {
            Ok(()) => self.reply(250, "OK, it is ours now"),
            Err(Refusal::NotNow) => self.reply(451, "try again later"),
            Err(Refusal::Never) => self.reply(554, "not accepted"),
        }
    }

    /// Says what to do, at the time `now`. Do it and ask again, until it is
    /// [`Action::Close`].
    // ANCHOR: next
    pub fn next(&mut self, now: Instant) -> Action {
        // Whoever says nothing of a mail has not stored it.
        self.settle(Err(Refusal::NotNow), now);
        while self.may_wait() && self.step(now) {}
        if !self.replies.is_empty() {
            self.sync = false;
            return Action::Send(mem::take(&mut self.replies));
        }
        if let State::Closing = self.state {
            return Action::Close;
        }
        match mem::replace(&mut self.state, State::Unsettled) {
            State::Whole(message) => return Action::Deliver(message),
            state => self.state = state,
        }
        if now < self.deadline {
            let until = self.deadline;
            return Action::Receive { until };
        }
        self.close(421, "you took too long, closing");
        Action::Send(mem::take(&mut self.replies))
    }
    // ANCHOR_END: next

    /// How many of the peer's bytes it holds. Buffers that grow may have
    /// allocated twice as much.
    pub fn held(&self) -> usize {
        let (envelope, text) = match &self.state {
            State::Commands(envelope) => (envelope.as_ref(), 0),
            State::Data(envelope, Text::Taken(text)) => {
                (Some(envelope), text.len())
            }
            State::Data(envelope, Text::Refused(..)) => (Some(envelope), 0),
            State::Whole(mail) => (Some(&mail.envelope), mail.data.len()),
            State::Unsettled | State::Closing => (None, 0),
        };
        let mailbox = |m: &Mailbox| m.local_part.len() + m.domain.len();
        let envelope = envelope.map_or(0, |e| {
            e.reverse_path.iter().map(mailbox).sum::<usize>()
                + e.forward_paths.iter().map(mailbox).sum::<usize>()
                + e.client.len()
        });
        let client = self.client.as_ref().map_or(0, |(name, _)| name.len());
        self.lines.held() + client + envelope + text
    }

    /// Whether the replies so far may wait for the reply to the next command,
    /// to be sent as one: those to MAIL, RCPT and RSET may ([RFC 2920, section
    /// 3.2](https://www.rfc-editor.org/rfc/rfc2920#section-3.2)).
    fn may_wait(&self) -> bool {
        !self.sync && self.replies.len() < REPLIES
    }

    /// Handles one line; says whether there was one.
    fn step(&mut self, now: Instant) -> bool {
        let max = match &self.state {
            State::Commands(_) => COMMAND_LINE,
            State::Data(..) => {
                let dot = self.lines.first() == Some(b'.');
                TEXT_LINE + usize::from(dot)
            }
            State::Whole(_) | State::Unsettled | State::Closing => {
                return false;
            }
        };
        let Some(line) = self.lines.next(max) else {
            return false;
        };
        match mem::replace(&mut self.state, State::Commands(None)) {
            State::Data(envelope, text) => {
                self.text(now, envelope, text, &line);
            }
            state => {
                self.state = state;
                self.sync = true;
                self.command_line(&line);
                self.restart_clock(now);
            }
        }
        true
    }

    /// A new command, or a new block of text, has its own time.
    fn restart_clock(&mut self, now: Instant) {
        self.block = 0;
        self.deadline = now
            + match self.state {
                State::Data(..) => self.config.data_timeout,
                _ => self.config.command_timeout,
            };
    }
}

/// Commands.
impl Session {
    fn command_line(&mut self, line: &Line) {
        let line = match line {
            Line::Whole(line) => line,
            Line::TooLong => return self.reply(500, "line too long"),
            Line::Bare => return self.reply(500, "a line ends with CR LF"),
        };
        match command::parse(line) {
            Ok(command) => self.command(command),
            Err(error) => self.reply(error.code(), &error.to_string()),
        }
    }

    // ANCHOR: command
    fn command(&mut self, command: Command) {
        use Command::{Mail, Rcpt, Rset};
        self.sync = !matches!(command, Mail { .. } | Rcpt(_) | Rset);
        match command {
            Command::Ehlo(name) => self.hello(name, true),
            Command::Helo(name) => self.hello(name, false),
            Command::Mail {
                reverse_path,
                parameters,
            } => self.mail(reverse_path, &parameters),
            Command::Rcpt(mailbox) => self.rcpt(mailbox),
            Command::Data => self.data(),
            Command::Rset => {
                self.state = State::Commands(None);
                self.reply(250, "OK");
            }
            Command::Noop => self.reply(250, "OK"),
            Command::Vrfy => self.reply(252, "send it, and we will see"),
            Command::Expn => self.reply(502, "we tell nobody"),
            Command::Help => self.reply(214, "see RFC 5321"),
            Command::Quit => self.close(221, "closing"),
        }
    }
    // ANCHOR_END: command

    fn hello(&mut self, name: String, extended: bool) {
        self.state = State::Commands(None);
        self.client = Some((name, extended));
        let server = self.config.name.clone();
        if !extended {
            return self.reply(250, &server);
        }
        let size = format!("SIZE {}", self.config.max_size);
        for text in [&server, &size, "8BITMIME"] {
            self.write(250, '-', text);
        }
        self.write(250, ' ', "PIPELINING");
    }

    fn mail(&mut self, from: Option<Mailbox>, parameters: &Parameters) {
        let State::Commands(None) = self.state else {
            return self.reply(503, "one mail at a time");
        };
        let Some((client, extended)) = &self.client else {
            return self.reply(503, "EHLO comes first");
        };
        if !extended && *parameters != Parameters::default() {
            return self.reply(555, "HELO has no parameters, EHLO has");
        }
        let max = u64::try_from(self.config.max_size).unwrap_or(u64::MAX);
        if parameters.size.is_some_and(|size| size > max) {
            return self.reply(552, "that is more than we take");
        }
        self.state = State::Commands(Some(Envelope {
            client: client.clone(),
            reverse_path: from,
            forward_paths: Vec::new(),
            body: parameters.body.unwrap_or(Body::SevenBit),
        }));
        self.reply(250, "OK");
    }

    // ANCHOR: rcpt
    fn rcpt(&mut self, mailbox: Option<Mailbox>) {
        let mailbox = mailbox.unwrap_or_else(|| Mailbox {
            local_part: "Postmaster".to_owned(),
            domain: self.config.name.clone(),
        });
        let State::Commands(Some(envelope)) = &mut self.state else {
            return self.reply(503, "MAIL comes first");
        };
        // Who relays for anybody relays for senders of spam.
        let is_ours = self
            .config
            .domains
            .iter()
            .chain([&self.config.name])
            .any(|domain| domain.eq_ignore_ascii_case(&mailbox.domain));
        if !is_ours {
            return self.reply(550, "we do not relay");
        }
        if envelope.forward_paths.len() >= self.config.max_recipients {
            return self.reply(452, "too many recipients, send again");
        }
        envelope.forward_paths.push(mailbox);
        self.reply(250, "OK");
    }
    // ANCHOR_END: rcpt

    fn data(&mut self) {
        match mem::replace(&mut self.state, State::Commands(None)) {
            State::Commands(Some(envelope)) => {
                if envelope.forward_paths.is_empty() {
                    self.state = State::Commands(Some(envelope));
                    return self.reply(554, "no valid recipients");
                }
                self.state = State::Data(envelope, Text::Taken(Vec::new()));
                self.write(354, ' ', "end with CR LF, a dot, CR LF");
            }
            _ => self.reply(503, "MAIL and RCPT come first"),
        }
    }
}

/// Text.
impl Session {
    /// One line of text.
    // ANCHOR: text
    fn text(
        &mut self,
        now: Instant,
        envelope: Envelope,
        mut text: Text,
        line: &Line,
    ) {
        match line {
            Line::Whole(line) if &line[..] == b"." => {
                self.end_of_text(envelope, text);
                return self.restart_clock(now);
            }
            Line::Whole(line) => {
                text.push_line(line, self.config.max_size);
                if let Text::Taken(_) = text {
                    self.block += line.len() + 2;
                }
            }
            Line::Bare => text.refuse(554, "a line ends with CR LF"),
            Line::TooLong => text.refuse(554, "line too long"),
        }
        self.state = State::Data(envelope, text);
        if self.block >= BLOCK {
            self.restart_clock(now);
        }
    }
    // ANCHOR_END: text

    fn end_of_text(&mut self, envelope: Envelope, text: Text) {
        match text {
            Text::Taken(data) => {
                self.state = State::Whole(Message { envelope, data });
            }
            Text::Refused(code, why) => self.reply(code, why),
        }
    }
}

impl Text {
    // ANCHOR: unstuff
    fn push_line(&mut self, line: &[u8], max: usize) {
        // Transparency, section 4.5.2: the client put a dot before each line
        // that begins with one.
        let line = line.strip_prefix(b".").unwrap_or(line);
        let Text::Taken(data) = self else {
            return;
        };
        if data.len() + line.len() + 2 > max {
            return self.refuse(552, "that is more than we take");
        }
        data.extend_from_slice(line);
        data.extend_from_slice(b"\r\n");
    }
    // ANCHOR_END: unstuff

    /// The first reason is the one the client hears.
    fn refuse(&mut self, code: u16, why: &'static str) {
        if let Text::Taken(_) = self {
            *self = Text::Refused(code, why);
        }
    }
}

/// Replies.
impl Session {
    fn greet(&mut self) {
        let text = format!("{} ESMTP", self.config.name);
        self.write(220, ' ', &text);
    }

    fn close(&mut self, code: u16, text: &str) {
        let text = format!("{} {text}", self.config.name);
        self.write(code, ' ', &text);
        self.state = State::Closing;
    }

    /// The one reply to a command; an error too many ends the session, which
    /// section 7.8 allows.
    fn reply(&mut self, code: u16, text: &str) {
        self.errors += u32::from(code >= 500);
        if code >= 500 && self.errors >= self.config.max_errors {
            return self.close(421, "too many errors, closing");
        }
        self.write(code, ' ', text);
    }

    fn write(&mut self, code: u16, separator: char, text: &str) {
        let line = format!("{code}{separator}{text}\r\n");
        self.replies.extend_from_slice(line.as_bytes());
    }
}

#[cfg(test)]
mod tests;
