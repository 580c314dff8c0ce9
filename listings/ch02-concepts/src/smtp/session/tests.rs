use std::iter;

use proptest::prelude::*;

use super::*;

const HELLO: &str = "EHLO client.example\r\n";
const BEGIN: &str = "MAIL FROM:<a@client.example>\r\n\
    RCPT TO:<b@mail.example>\r\n\
    DATA\r\n";

/// What came of a session whose peer sent these pieces.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    replies: String,
    mails: Vec<Message>,
    closed: bool,
}

impl Outcome {
    /// The first line of each reply after the greeting.
    fn codes(&self) -> Vec<u16> {
        let last = |line: &&str| line.as_bytes()[3] == b' ';
        let code = |line: &str| line[..3].parse().unwrap();
        self.replies
            .lines()
            .skip(1)
            .filter(last)
            .map(code)
            .collect()
    }
}

fn config() -> Config {
    Config::new("mail.example")
}

fn talk<'a>(
    config: Config,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    let now = Instant::now();
    let bound = config.max_size
        + (config.max_recipients + 3) * path::PATH
        + COMMAND_LINE.max(TEXT_LINE + 1);
    let mut session = Session::new(config, now);
    let mut pieces = pieces.into_iter();
    let mut outcome = Outcome::default();
    let mut last = 0;
    loop {
        assert!(session.held() <= bound + last, "{}", session.held());
        match session.next(now) {
            Action::Send(replies) => {
                assert!(replies.len() <= REPLIES + 512);
                let replies = str::from_utf8(&replies).unwrap();
                outcome.replies.push_str(replies);
            }
            Action::Deliver(mail) => {
                outcome.mails.push(mail);
                session.settle(Ok(()), now);
            }
            Action::Receive { until } => {
                assert!(until > now);
                let Some(piece) = pieces.next() else {
                    return outcome;
                };
                last = piece.len();
                session.receive(piece);
            }
            Action::Close => {
                outcome.closed = true;
                return outcome;
            }
        }
    }
}

/// The first action that is not to send.
fn next_but_send(session: &mut Session, now: Instant) -> Action {
    loop {
        match session.next(now) {
            Action::Send(_) => {}
            action => return action,
        }
    }
}

fn say(text: &str) -> Outcome {
    talk(config(), [text.as_bytes()])
}

fn codes(text: &str) -> Vec<u16> {
    say(text).codes()
}

#[test]
fn a_mail_comes_in() {
    let outcome = say(&format!(
        "{HELLO}{BEGIN}Subject: hi\r\n\r\n..dot\r\n...\r\n.\r\nQUIT\r\n"
    ));
    assert_eq!(
        outcome.replies,
        "220 mail.example ESMTP\r\n\
         250-mail.example\r\n\
         250-SIZE 10485760\r\n\
         250-8BITMIME\r\n\
         250 PIPELINING\r\n\
         250 OK\r\n\
         250 OK\r\n\
         354 end with CR LF, a dot, CR LF\r\n\
         250 OK, it is ours now\r\n\
         221 mail.example closing\r\n"
    );
    assert!(outcome.closed);
    let [mail] = &outcome.mails[..] else {
        panic!("{:?}", outcome.mails);
    };
    assert_eq!(mail.data, b"Subject: hi\r\n\r\n.dot\r\n..\r\n");
    let envelope = &mail.envelope;
    assert_eq!(envelope.client, "client.example");
    let from = envelope.reverse_path.as_ref().unwrap();
    assert_eq!(from.to_string(), "a@client.example");
    assert_eq!(envelope.forward_paths[0].to_string(), "b@mail.example");
}

#[test]
fn out_of_order_is_503_and_changes_nothing() {
    assert_eq!(codes("MAIL FROM:<>\r\n"), [503]);
    assert_eq!(codes("RCPT TO:<b@mail.example>\r\n"), [503]);
    assert_eq!(codes("DATA\r\n"), [503]);
    let text = format!("{HELLO}MAIL FROM:<>\r\nMAIL FROM:<>\r\nDATA\r\n");
    assert_eq!(codes(&text), [250, 250, 503, 554]);
    let text = format!(
        "{HELLO}MAIL FROM:<>\r\nDATA\r\nRCPT TO:<b@mail.example>\r\nDATA\r\n"
    );
    assert_eq!(codes(&text), [250, 250, 554, 250, 354]);
}

#[test]
fn noop_help_vrfy_rset_and_quit_need_no_hello() {
    let text = "NOOP\r\nNOOP x y\r\nHELP\r\nVRFY b\r\nRSET\r\nQUIT\r\n";
    assert_eq!(codes(text), [250, 250, 214, 252, 250, 221]);
}

#[test]
fn a_refused_command_leaves_the_mail_as_it_was() {
    let text = format!(
        "{HELLO}MAIL FROM:<a@client.example>\r\n\
         RCPT TO:<b@elsewhere.example>\r\n\
         RCPT TO:<b@MAIL.example>\r\n\
         RCPT TO:<broken\r\nEXPN list\r\nXYZZY\r\nEHLO _\r\n\
         RCPT TO:<Postmaster>\r\n\
         DATA\r\n.\r\n"
    );
    let outcome = say(&text);
    assert_eq!(
        outcome.codes(),
        [250, 250, 550, 250, 501, 502, 500, 501, 250, 354, 250]
    );
    let to = outcome.mails[0].envelope.forward_paths.iter();
    let to: Vec<_> = to.map(Mailbox::to_string).collect();
    assert_eq!(to, ["b@MAIL.example", "Postmaster@mail.example"]);
    assert_eq!(outcome.mails[0].data, b"");
}

#[test]
fn rset_and_a_new_hello_forget_the_mail() {
    let mail = "MAIL FROM:<>\r\n";
    let text = format!("{HELLO}{mail}RSET\r\n{mail}{HELLO}{mail}DATA\r\n");
    assert_eq!(codes(&text), [250, 250, 250, 250, 250, 250, 554]);
}

#[test]
fn after_helo_there_are_no_extensions() {
    let outcome = say("HELO client.example\r\nMAIL FROM:<> SIZE=1\r\n");
    assert_eq!(outcome.codes(), [250, 555]);
    assert!(outcome.replies.contains("250 mail.example\r\n"));
    assert!(!outcome.replies.contains("PIPELINING"));
}

/// SMTP smuggling, CVE-2023-51764 and its kin: none of these ends the text.
#[test]
fn only_cr_lf_dot_cr_lf_ends_the_text() {
    for end in [
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\r",
        "\r\n.\r\r\n",
        "\n.\r",
        "\r\n\0.\r\n",
        "\r\n. \r\n",
    ] {
        let smuggled = format!("{end}MAIL FROM:<x@y.example>\r\nRSET\r\n");
        let text = format!("{HELLO}{BEGIN}one{smuggled}");
        let open = say(&text);
        assert_eq!(open.codes(), [250, 250, 250, 354], "{end:?}");
        assert!(open.mails.is_empty());

        let whole = say(&format!("{text}.\r\nNOOP\r\n"));
        let is_bare = !end.ends_with("\0.\r\n") && !end.ends_with(". \r\n");
        let code = if is_bare { 554 } else { 250 };
        assert_eq!(whole.codes(), [250, 250, 250, 354, code, 250], "{end:?}");
        assert_eq!(whole.mails.len(), usize::from(!is_bare), "{end:?}");
    }
}

#[test]
fn a_command_with_a_bare_cr_or_lf_is_one_refused_command() {
    for line in ["NOOP\nNOOP\r\n", "NOOP\rNOOP\r\n", "NOOP\r\r\n"] {
        assert_eq!(codes(&format!("{line}NOOP\r\n")), [500, 250], "{line:?}");
    }
    assert_eq!(codes("NOOP\nNOOP\n"), [0_u16; 0]);
}

#[test]
fn limits_of_lines_hold_to_the_byte() {
    let noop = |len: usize| format!("NOOP {}\r\n", "x".repeat(len - 7));
    assert_eq!(codes(&noop(COMMAND_LINE)), [250]);
    let long = noop(COMMAND_LINE + 1);
    assert_eq!(codes(&format!("{long}NOOP\r\n")), [500, 250]);

    for (dots, fits) in [("", true), ("..", true), ("", false), ("..", false)] {
        // A doubled dot counts once.
        let len = TEXT_LINE - 2 - dots.len() / 2 + usize::from(!fits);
        let line = format!("{dots}{}\r\n", "x".repeat(len));
        let outcome = say(&format!("{HELLO}{BEGIN}{line}.\r\nNOOP\r\n"));
        let code = if fits { 250 } else { 554 };
        assert_eq!(outcome.codes()[4..], [code, 250]);
        assert_eq!(outcome.mails.len(), usize::from(fits));
    }
}

#[test]
fn a_mail_that_is_too_large_is_refused_twice_over() {
    let mut config = config();
    config.max_size = 10;
    let text =
        format!("{HELLO}MAIL FROM:<> SIZE=11\r\nMAIL FROM:<> SIZE=10\r\n");
    let outcome = talk(config.clone(), [text.as_bytes()]);
    assert_eq!(outcome.codes(), [250, 552, 250]);

    // Eight bytes and a line end; a dot of transparency is not counted.
    let text = format!("{HELLO}{BEGIN}..345678\r\n.\r\n");
    let outcome = talk(config.clone(), [text.as_bytes()]);
    assert_eq!(outcome.codes()[4..], [250]);
    let text = format!("{HELLO}{BEGIN}123456789\r\n.\r\n{BEGIN}.\r\n");
    let outcome = talk(config, [text.as_bytes()]);
    assert_eq!(outcome.codes()[4..], [552, 250, 250, 354, 250]);
    assert_eq!(outcome.mails.len(), 1);
}

#[test]
fn one_recipient_too_many_is_452_and_the_others_stay() {
    let rcpt = "RCPT TO:<b@mail.example>\r\n".repeat(RECIPIENTS + 1);
    let text = format!("{HELLO}MAIL FROM:<>\r\n{rcpt}DATA\r\n.\r\n");
    let outcome = say(&text);
    let codes = outcome.codes();
    assert_eq!(codes[..2 + RECIPIENTS], [250; 2 + RECIPIENTS]);
    assert_eq!(codes[2 + RECIPIENTS..], [452, 354, 250]);
    assert_eq!(outcome.mails[0].envelope.forward_paths.len(), RECIPIENTS);
}

#[test]
fn too_many_errors_end_the_session() {
    let outcome = say(&"XYZZY\r\n".repeat(30));
    assert_eq!(outcome.codes()[18..], [500, 421]);
    assert!(outcome.closed);
}

#[test]
fn commands_after_quit_are_not_answered() {
    assert_eq!(codes("QUIT\r\nNOOP\r\n"), [221]);
}

#[test]
fn the_peer_is_told_when_its_time_is_over() {
    let config = config();
    let start = Instant::now();
    let mut session = Session::new(config.clone(), start);
    assert!(matches!(session.next(start), Action::Send(_)));
    let until = start + config.command_timeout;
    // Half a command buys no time.
    session.receive(b"NO");
    let later = start + Duration::from_secs(200);
    assert_eq!(session.next(later), Action::Receive { until });
    // A whole one does.
    session.receive(b"OP\r\n");
    assert_eq!(session.next(later), Action::Send(b"250 OK\r\n".to_vec()));
    let until = later + config.command_timeout;
    assert_eq!(session.next(later), Action::Receive { until });
    let last = b"421 mail.example you took too long, closing\r\n";
    assert_eq!(session.next(until), Action::Send(last.to_vec()));
    assert_eq!(session.next(until), Action::Close);
    assert_eq!(session.next(until), Action::Close);
}

#[test]
fn text_buys_time_by_the_block() {
    let config = config();
    let start = Instant::now();
    let mut session = Session::new(config.clone(), start);
    session.receive(format!("{HELLO}{BEGIN}").as_bytes());
    let until = start + config.data_timeout;
    let next = next_but_send(&mut session, start);
    assert_eq!(next, Action::Receive { until });
    let later = start + Duration::from_secs(1);
    session.receive(b"a few bytes\r\n");
    assert_eq!(session.next(later), Action::Receive { until });
    session.receive("seventeen bytes\r\n".repeat(BLOCK / 17 + 1).as_bytes());
    let until = later + config.data_timeout;
    assert_eq!(session.next(later), Action::Receive { until });
}

/// A mail that is refused and does not end is read for `data_timeout`.
#[test]
fn text_that_is_refused_buys_no_time() {
    for fault in ["12345678\r\n", "bare\n\r\n"] {
        let mut config = config();
        config.max_size = 9;
        let start = Instant::now();
        let until = start + config.data_timeout;
        let mut session = Session::new(config, start);
        session.receive(format!("{HELLO}{BEGIN}{fault}").as_bytes());
        let next = next_but_send(&mut session, start);
        assert_eq!(next, Action::Receive { until });
        let later = start + Duration::from_secs(1);
        session.receive("more of it\r\n".repeat(BLOCK).as_bytes());
        let next = session.next(later);
        assert_eq!(next, Action::Receive { until }, "{fault:?}");
        session.receive(b"more of it\r\n");
        let last = b"421 mail.example you took too long, closing\r\n";
        assert_eq!(session.next(until), Action::Send(last.to_vec()));
        assert_eq!(session.next(until), Action::Close);
    }
}

#[test]
fn a_mail_is_ours_only_once_it_is_stored() {
    let now = Instant::now();
    for (outcome, reply) in [
        (Some(Ok(())), "250 OK, it is ours now\r\n"),
        (Some(Err(Refusal::NotNow)), "451 try again later\r\n"),
        (Some(Err(Refusal::Never)), "554 not accepted\r\n"),
        (None, "451 try again later\r\n"),
    ] {
        let mut session = Session::new(config(), now);
        session.receive(format!("{HELLO}{BEGIN}.\r\n").as_bytes());
        let next = next_but_send(&mut session, now);
        assert!(matches!(next, Action::Deliver(_)));
        if let Some(outcome) = outcome {
            session.settle(outcome, now);
        }
        let reply = reply.as_bytes().to_vec();
        assert_eq!(session.next(now), Action::Send(reply));
        assert!(matches!(session.next(now), Action::Receive { .. }));
    }
}

/// RFC 2920, section 3.2.
#[test]
fn replies_to_a_group_of_commands_go_out_as_one() {
    let now = Instant::now();
    let mut session = Session::new(config(), now);
    assert!(matches!(session.next(now), Action::Send(_)));
    let text =
        format!("{HELLO}RSET\r\n{BEGIN}.\r\nRSET\r\nNOOP\r\nBAD\r\nRSET\r\n");
    session.receive(text.as_bytes());
    let mut sent = Vec::new();
    loop {
        match session.next(now) {
            Action::Send(replies) => {
                let replies = String::from_utf8(replies).unwrap();
                let codes = replies.lines().map(|line| line[..4].to_owned());
                sent.push(codes.collect::<String>());
            }
            Action::Deliver(_) => session.settle(Ok(()), now),
            _ => break,
        }
    }
    assert_eq!(
        sent,
        [
            "250-250-250-250 ",
            "250 250 250 354 ",
            "250 250 250 ",
            "500 ",
            "250 "
        ]
    );
}

#[test]
fn every_split_gives_the_same_replies() {
    let text = format!(
        "{HELLO}BAD\n\r\n{BEGIN}a\r\n..b\r\n.\r\n{BEGIN}\n.\r\n.\r\nQUIT\r\n"
    );
    let bytes = text.as_bytes();
    let whole = talk(config(), [bytes]);
    assert!(whole.closed && whole.mails.len() == 1);
    for first in 0..=bytes.len() {
        for second in first..=bytes.len() {
            let pieces =
                [&bytes[..first], &bytes[first..second], &bytes[second..]];
            assert_eq!(talk(config(), pieces), whole, "{first} {second}");
        }
    }
    assert_eq!(talk(config(), bytes.chunks(1)), whole);
}

fn hostile_bytes() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        4 => Just(HELLO),
        4 => Just(BEGIN),
        4 => Just("\r\n.\r\n"),
        2 => Just("MAIL FROM:<a@client.example>\r\n"),
        2 => Just("RCPT TO:<b@mail.example>\r\n"),
        1 => Just("RSET\r\n"),
        1 => Just("QUIT\r\n"),
        2 => Just("\r\n"),
        2 => Just("."),
        1 => Just("\n"),
        1 => Just("\r"),
        1 => Just("\u{0}"),
        1 => Just("é"),
        2 => Just("a line of text\r\n"),
        1 => Just(concat!(
            "a line, one of those that take their time and space, and with ",
            "that a good part of what a command line may be, "
        )),
    ];
    prop::collection::vec(word, 0..60)
        .prop_map(|words| words.concat().into_bytes())
}

proptest! {
    #[test]
    fn arbitrary_bytes_and_splits_never_panic_and_agree(
        bytes in prop_oneof![
            4 => hostile_bytes(),
            1 => prop::collection::vec(any::<u8>(), 0..2000),
        ],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..9),
        max_size in 0usize..200,
        max_recipients in 0usize..4,
        max_errors in 0u32..9,
    ) {
        let config = Config { max_size, max_recipients, max_errors, ..config() };
        let mut cuts: Vec<usize> =
            cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let starts = iter::once(0).chain(cuts.iter().copied());
        let pieces = starts.zip(&cuts).map(|(start, &end)| &bytes[start..end]);
        let whole = talk(config.clone(), [&bytes[..]]);
        let split = talk(config, pieces);
        for mail in &split.mails {
            prop_assert!(mail.data.len() <= max_size);
            let paths = mail.envelope.forward_paths.len();
            prop_assert!((1..=max_recipients).contains(&paths));
        }
        prop_assert_eq!(split, whole);
    }
}
