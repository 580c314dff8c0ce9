//! The cases of the exercise.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Write};
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, Timespec, poll};

fn pipes(n: usize) -> (Vec<PipeReader>, Vec<Option<PipeWriter>>) {
    (0..n)
        .map(|_| {
            let (reader, writer) = io::pipe().expect("a pipe");
            (reader, Some(writer))
        })
        .unzip()
}

fn write(writer: &mut Option<PipeWriter>, bytes: &[u8]) {
    let writer = writer.as_mut().expect("still open");
    writer.write_all(bytes).expect("room in the pipe");
}

fn wait(set: &mut [PollFd<'_>]) -> io::Result<()> {
    assert!(!set.is_empty(), "nothing to wait for");
    poll(set, None)?;
    Ok(())
}

/// As a sleep that ended for no reason: writes the events there are.
fn wake_for_nothing(set: &mut [PollFd<'_>]) -> io::Result<()> {
    assert_eq!(poll(set, Some(&Timespec::default()))?, 0, "nothing yet");
    Ok(())
}

book_exercise::cases! {
    for ex_poll_set;

    fn what_comes_first_is_served_first() {
        let (readers, mut writers) = pipes(2);
        write(&mut writers[1], b"b1");
        let mut served = Vec::new();
        serve_all(&readers, wait, |place, bytes| {
            served.push((place, bytes.to_vec()));
            // What comes next depends on what was served.
            match served.len() {
                1 => write(&mut writers[1], b"b2"),
                2 => write(&mut writers[0], b"a1"),
                _ => writers.iter_mut().for_each(|w| drop(w.take())),
            }
        }).unwrap();
        let expected = [(1, "b1"), (1, "b2"), (0, "a1")];
        assert_eq!(served, expected.map(|(p, b)| (p, b.into())));
    }

    fn last_words_are_heard() {
        let (readers, mut writers) = pipes(1);
        write(&mut writers[0], &[b'x'; 5000]);
        drop(writers);
        let (mut heard, mut waits) = (0, 0);
        serve_all(
            &readers,
            |set| {
                waits += 1;
                wait(set)
            },
            |_, bytes| {
                assert!(bytes.len() <= 4096, "one read takes 4,096 at most");
                heard += bytes.len();
            },
        ).unwrap();
        assert_eq!(heard, 5000);
        assert_eq!(waits, 3, "one read after each: 4,096, 904, the end");
    }

    fn a_pipe_without_words_is_not_served() {
        let (readers, writers) = pipes(3);
        drop(writers);
        serve_all(&readers, wait, |place, bytes| {
            panic!("{place}: {bytes:?}")
        }).unwrap();
    }

    fn without_pipes_there_is_nothing_to_do() {
        serve_all(&[], wait, |_, _| {}).unwrap();
    }

    fn what_has_ended_is_not_waited_for() {
        let (readers, writers) = pipes(2);
        let writers = RefCell::new(writers);
        writers.borrow_mut()[0] = None;
        let waits = Cell::new(0);
        serve_all(
            &readers,
            |set| {
                waits.set(waits.get() + 1);
                assert!(waits.get() < 9, "it spins on a pipe that has ended");
                // Pipe 1 speaks late, and ends later.
                match waits.get() {
                    3 => write(&mut writers.borrow_mut()[1], b"b1"),
                    5 => drop(writers.borrow_mut()[1].take()),
                    _ => {}
                }
                if waits.get() > 1 {
                    assert_eq!(set.len(), 1, "pipe 0 has ended");
                }
                match waits.get() {
                    2 | 4 => wake_for_nothing(set),
                    _ => wait(set),
                }
            },
            |place, bytes| assert_eq!((place, bytes), (1, &b"b1"[..])),
        ).unwrap();
        assert_eq!(waits.get(), 5);
    }

    fn a_talker_does_not_keep_the_others_waiting() {
        let (readers, mut writers) = pipes(2);
        write(&mut writers[0], b"more");
        write(&mut writers[1], b"one word");
        let mut order = Vec::new();
        serve_all(&readers, wait, |place, _| {
            order.push(place);
            if order.len() < 100 && place == 0 {
                write(&mut writers[0], b"more");
            } else if order.len() >= 100 {
                writers.iter_mut().for_each(|w| drop(w.take()));
            }
        }).unwrap();
        assert!(order[..2].contains(&1), "{order:?}");
    }

    fn an_interruption_is_not_an_error() {
        let (readers, mut writers) = pipes(1);
        write(&mut writers[0], b"a1");
        drop(writers);
        let mut interruptions = 3;
        let mut heard = Vec::new();
        serve_all(
            &readers,
            |set| {
                if interruptions > 0 {
                    interruptions -= 1;
                    return Err(ErrorKind::Interrupted.into());
                }
                wait(set)
            },
            |_, bytes| heard.extend_from_slice(bytes),
        ).unwrap();
        assert_eq!(heard, b"a1");
    }

    fn an_error_is_an_error() {
        let (readers, _writers) = pipes(1);
        let error = serve_all(
            &readers,
            |_| Err(ErrorKind::OutOfMemory.into()),
            |_, _| {},
        ).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfMemory);
    }
    fn a_failed_read_is_an_error() {
        // A write end: ready, as nobody reads, and not to be read from.
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let not_to_be_read = PipeReader::from(OwnedFd::from(writer));
        let served = serve_all(&[not_to_be_read], wait, |_, _| {});
        assert!(served.is_err());
    }
}
