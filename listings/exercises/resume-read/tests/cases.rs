//! The cases of the exercise.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// What a stream does at one poll of a read.
#[derive(Debug, Clone)]
enum Step {
    Bytes(&'static [u8]),
    Wait,
    Fail,
}

use Step::{Bytes, Fail, Wait};

/// A stream that follows a script, and ends when it is over.
struct Stream(RefCell<VecDeque<Step>>);

impl Stream {
    fn new(steps: &[Step]) -> Self {
        Stream(RefCell::new(steps.iter().cloned().collect()))
    }

    async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        poll_fn(|_| {
            let mut steps = self.0.borrow_mut();
            match steps.pop_front() {
                None => Poll::Ready(Ok(0)),
                Some(Wait) => Poll::Pending,
                Some(Fail) => {
                    Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
                }
                Some(Bytes(bytes)) => {
                    let (now, later) =
                        bytes.split_at(bytes.len().min(buffer.len()));
                    buffer[..now.len()].copy_from_slice(now);
                    if !later.is_empty() {
                        steps.push_front(Bytes(later));
                    }
                    Poll::Ready(Ok(now.len()))
                }
            }
        })
        .await
    }
}

/// Polls once, and drops the future.
fn once<T>(future: impl Future<Output = T>) -> Poll<T> {
    let mut context = Context::from_waker(Waker::noop());
    pin!(future).poll(&mut context)
}

/// What a poll that was ready yielded.
fn ready(poll: Poll<io::Result<Option<Vec<u8>>>>) -> Option<Vec<u8>> {
    match poll {
        Poll::Ready(read) => read.expect("no error"),
        Poll::Pending => panic!("all the bytes are there"),
    }
}

book_exercise::cases! {
    for ex_resume_read;

    fn messages_are_cut_by_their_length() {
        let stream = Stream::new(&[Bytes(b"ab"), Bytes(b"cdef"), Bytes(b"gh")]);
        let mut messages = Messages::new(4);
        let mut read = async |buffer: &mut [u8]| stream.read(buffer).await;
        assert_eq!(ready(once(messages.next(&mut read))), Some(b"abcd".into()));
        assert_eq!(ready(once(messages.next(&mut read))), Some(b"efgh".into()));
        assert_eq!(ready(once(messages.next(&mut read))), None);
    }

    fn a_future_that_is_dropped_loses_nothing() {
        let stream = Stream::new(&[
            Wait, Bytes(b"a"), Wait, Bytes(b"bc"), Wait, Wait, Bytes(b"d"),
            Bytes(b"ef"), Wait, Bytes(b"gh"),
        ]);
        let mut messages = Messages::new(4);
        let mut read = async |buffer: &mut [u8]| stream.read(buffer).await;
        let mut got = Vec::new();
        let mut dropped = 0;
        while got.len() < 2 {
            match once(messages.next(&mut read)) {
                Poll::Pending => dropped += 1,
                done => got.push(ready(done).unwrap()),
            }
        }
        assert_eq!(got, [b"abcd", b"efgh"]);
        assert_eq!(dropped, 5);
    }

    fn the_end_within_a_message_is_an_error() {
        let stream = Stream::new(&[Bytes(b"abc"), Wait]);
        let mut messages = Messages::new(4);
        let mut read = async |buffer: &mut [u8]| stream.read(buffer).await;
        assert!(once(messages.next(&mut read)).is_pending());
        let Poll::Ready(Err(error)) = once(messages.next(&mut read)) else {
            panic!("the message is not whole");
        };
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    fn an_error_loses_nothing() {
        let stream = Stream::new(&[Bytes(b"ab"), Fail, Bytes(b"cd")]);
        let mut messages = Messages::new(4);
        let mut read = async |buffer: &mut [u8]| stream.read(buffer).await;
        assert!(matches!(
            once(messages.next(&mut read)),
            Poll::Ready(Err(_)),
        ));
        assert_eq!(ready(once(messages.next(&mut read))), Some(b"abcd".into()));
    }

    fn what_comes_behind_a_message_stays_in_the_stream() {
        let stream = Stream::new(&[Bytes(b"ab"), Bytes(b"cdrest")]);
        let mut messages = Messages::new(4);
        let mut read = async |buffer: &mut [u8]| stream.read(buffer).await;
        assert_eq!(ready(once(messages.next(&mut read))), Some(b"abcd".into()));
        let mut rest = [0; 16];
        let Poll::Ready(count) = once(stream.read(&mut rest)) else {
            panic!("it is there");
        };
        assert_eq!(&rest[..count.unwrap()], b"rest");
    }
}
