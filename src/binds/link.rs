//! One connection: PDUs out and in, each answer to its question. Nothing here is printed: PDUs
//! hold passwords and texts.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use rusmpp::decode::DecodeWithLength;
use rusmpp::encode::{Encode, Length};
use rusmpp::{Command, CommandStatus, Pdu};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::connect::Stream;

/// The bytes of a PDU before its body: length, command, status, number.
const HEADER: usize = 16;

/// The longest PDU that is read.
const LONGEST: usize = 64 * 1024;

/// The bit of a command that makes it an answer.
const ANSWER: u32 = 0x8000_0000;

/// PDUs that came and nobody has looked at yet.
const UNREAD: usize = 64;

/// How long the other side may leave an answer untaken.
const STALLED: Duration = Duration::from_secs(10);

/// Speaks over one connection.
pub(super) struct Link {
    out: mpsc::Sender<Command>,
    /// Who waits for the answer of which number; none when the connection is over.
    waiting: Mutex<Option<HashMap<u32, oneshot::Sender<Command>>>>,
    next: AtomicU32,
    window: Semaphore,
    over: CancellationToken,
}

/// What came that is no answer to a question of ours.
pub(super) enum Incoming {
    /// A PDU.
    Command(Box<Command>),
    /// Something that can't be read, and its number.
    Unreadable(u32),
}

/// A connection, and what comes by it.
pub(super) type Opened = (Arc<Link>, mpsc::Receiver<Incoming>);

/// No answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// The question has not left.
    NotSent,
    /// It may have arrived.
    Unknown,
}

impl Link {
    /// Speaks over a stream, with so many questions out at once.
    pub(super) fn over(stream: Box<dyn Stream>, window: usize) -> Opened {
        let (out, outgoing) = mpsc::channel(1);
        let (unread, incoming) = mpsc::channel(UNREAD);
        let link = Arc::new(Self {
            out,
            waiting: Mutex::new(Some(HashMap::new())),
            next: AtomicU32::new(1),
            window: Semaphore::new(window),
            over: CancellationToken::new(),
        });
        let (reader, writer) = split(stream);
        tokio::spawn(write_all(Arc::clone(&link), writer, outgoing));
        tokio::spawn(read_all(Arc::clone(&link), reader, unread));
        (link, incoming)
    }

    /// Puts a question and waits for its answer, within the window.
    pub(super) async fn ask(&self, pdu: impl Into<Pdu>, until: Instant) -> Result<Command, Lost> {
        let place = timeout_at(until, self.window.acquire()).await;
        let Ok(Ok(_place)) = place else {
            return Err(Lost::NotSent);
        };
        self.ask_now(pdu, until).await
    }

    /// Puts a question beside the window: about the connection itself.
    pub(super) async fn ask_now(
        &self,
        pdu: impl Into<Pdu>,
        until: Instant,
    ) -> Result<Command, Lost> {
        let number = self.next.fetch_add(1, Ordering::Relaxed) & !ANSWER;
        let (answered, answer) = oneshot::channel();
        match self.waiting().as_mut() {
            Some(waiting) => waiting.insert(number, answered),
            None => return Err(Lost::NotSent),
        };
        let command = Command::new(CommandStatus::EsmeRok, number, pdu);
        let handed = timeout_at(until, self.out.send(command)).await;
        let answer = match handed {
            // From here on it may have left.
            Ok(Ok(())) => match timeout_at(until, answer).await {
                Ok(Ok(answer)) => Ok(answer),
                _ => Err(Lost::Unknown),
            },
            _ => Err(Lost::NotSent),
        };
        if let Some(waiting) = self.waiting().as_mut() {
            waiting.remove(&number);
        }
        answer
    }

    /// Answers a question of the other side. Where it does not take the answer, the connection
    /// ends: whoever serves it must not wait for ever.
    pub(super) async fn answer(&self, number: u32, status: CommandStatus, pdu: impl Into<Pdu>) {
        let answer = Command::new(status, number, pdu);
        if !matches!(timeout(STALLED, self.out.send(answer)).await, Ok(Ok(()))) {
            self.end();
        }
    }

    /// Ends the connection: whoever waits for an answer gets none.
    pub(super) fn end(&self) {
        self.over.cancel();
        *self.waiting() = None;
    }

    fn waiting(&self) -> MutexGuard<'_, Option<HashMap<u32, oneshot::Sender<Command>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write_all(
    link: Arc<Link>,
    mut writer: WriteHalf<Box<dyn Stream>>,
    mut outgoing: mpsc::Receiver<Command>,
) {
    let write = async {
        while let Some(command) = outgoing.recv().await {
            let mut bytes = BytesMut::zeroed(4 + command.length());
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            bytes[..4].copy_from_slice(&length.to_be_bytes());
            command.encode(&mut bytes[4..]);
            if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
                return;
            }
        }
    };
    link.over.run_until_cancelled(write).await;
    link.end();
}

async fn read_all(
    link: Arc<Link>,
    mut reader: ReadHalf<Box<dyn Stream>>,
    unread: mpsc::Sender<Incoming>,
) {
    let read = async {
        while let Ok(incoming) = read(&mut reader).await {
            let incoming = match incoming {
                Incoming::Command(answer) if u32::from(answer.id()) & ANSWER != 0 => {
                    let asked = link
                        .waiting()
                        .as_mut()
                        .and_then(|waiting| waiting.remove(&answer.sequence_number()));
                    if let Some(asked) = asked {
                        // Nobody waits any more where this fails.
                        let _ = asked.send(*answer);
                    }
                    continue;
                }
                other => other,
            };
            if unread.send(incoming).await.is_err() {
                return;
            }
        }
    };
    link.over.run_until_cancelled(read).await;
    link.end();
}

/// Reads one PDU. What can't be understood is told from what ends the connection.
async fn read(reader: &mut ReadHalf<Box<dyn Stream>>) -> io::Result<Incoming> {
    let length = reader.read_u32().await?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if !(HEADER..=LONGEST).contains(&length) {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let mut bytes = BytesMut::zeroed(length - 4);
    reader.read_exact(&mut bytes).await?;
    let number = u32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
    let length = bytes.len();
    Ok(match Command::decode(&mut bytes, length) {
        Ok((command, _)) => Incoming::Command(Box::new(command)),
        Err(_) => Incoming::Unreadable(number),
    })
}
