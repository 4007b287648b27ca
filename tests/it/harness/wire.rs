//! A wire between two programs that a test can cut, lay dead, or make long.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Everything that reaches its near end comes out at its far end, and back.
pub(crate) struct Wire {
    near: SocketAddr,
    inner: Arc<Inner>,
    /// Ends the near end with all its connections.
    end: Mutex<(CancellationToken, TaskTracker)>,
}

struct Inner {
    far: Mutex<Option<SocketAddr>>,
    /// Whether bytes get through.
    alive: watch::Sender<bool>,
    delay: Mutex<Duration>,
    first_lines: Mutex<Vec<String>>,
    /// How often the near end said something.
    said: AtomicU64,
}

impl Wire {
    /// A wire that leads nowhere yet.
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Self {
            near: listener.local_addr().unwrap(),
            inner: Arc::new(Inner {
                far: Mutex::default(),
                alive: watch::Sender::new(true),
                delay: Mutex::default(),
                first_lines: Mutex::default(),
                said: AtomicU64::default(),
            }),
            end: Mutex::default(),
        };
        wire.listen(listener);
        wire
    }

    /// A wire to the PostgreSQL of this address, and the address at its near end.
    pub(crate) async fn to_database(url: &str) -> (Self, String) {
        let wire = Self::new().await;
        let (scheme, place) = url.split_once('@').unwrap();
        let (far, name) = place.split_once('/').unwrap();
        wire.lead_to(far.parse().unwrap());
        let near = format!("{scheme}@{}/{name}", wire.near());
        (wire, near)
    }

    pub(crate) fn lead_to(&self, far: SocketAddr) {
        *self.inner.far.lock().unwrap() = Some(far);
    }

    pub(crate) fn near(&self) -> SocketAddr {
        self.near
    }

    /// The first line that each connection said.
    pub(crate) fn first_lines(&self) -> Vec<String> {
        self.inner.first_lines.lock().unwrap().clone()
    }

    /// How often the near end has said something: its questions, where it waits for each
    /// answer.
    pub(crate) fn said(&self) -> u64 {
        self.inner.said.load(Ordering::Relaxed)
    }

    /// Breaks every connection and refuses new ones.
    pub(crate) async fn cut(&self) {
        let (stop, tasks) = self.end.lock().unwrap().clone();
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }

    /// Takes new connections again.
    pub(crate) async fn mend(&self) {
        let listener = TcpListener::bind(self.near).await.unwrap();
        *self.end.lock().unwrap() = Default::default();
        self.listen(listener);
    }

    /// Swallows every byte from now on, without a word: a machine that lost its power.
    pub(crate) fn lay_dead(&self) {
        self.inner.alive.send_replace(false);
    }

    /// Lets new connections through. Those of before stay dead for ever, as they do when
    /// another machine takes the address over.
    pub(crate) fn revive(&self) {
        self.inner.alive.send_replace(true);
    }

    /// Lets everything that is said take so long to arrive.
    pub(crate) fn delay(&self, delay: Duration) {
        *self.inner.delay.lock().unwrap() = delay;
    }

    fn listen(&self, listener: TcpListener) {
        let (stop, tasks) = self.end.lock().unwrap().clone();
        let inner = Arc::clone(&self.inner);
        let accept = {
            let (stop, tasks) = (stop.clone(), tasks.clone());
            async move {
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let talk = talk(stream, Arc::clone(&inner));
                    tasks.spawn(stop.clone().run_until_cancelled_owned(talk));
                }
            }
        };
        tasks.spawn(stop.run_until_cancelled_owned(accept));
    }
}

async fn talk(mut near: TcpStream, wire: Arc<Inner>) {
    let mut alive = wire.alive.subscribe();
    if *alive.borrow_and_update() {
        tokio::select! {
            () = wire.carry(&mut near) => return,
            _ = alive.changed() => {}
        }
    }
    // Dead: the stream stays open and nobody is there.
    std::future::pending::<()>().await;
    drop(near);
}

impl Inner {
    async fn carry(&self, near: &mut TcpStream) {
        let far = self.far.lock().unwrap().expect("the wire leads somewhere");
        let Ok(mut far) = TcpStream::connect(far).await else {
            return;
        };
        far.set_nodelay(true).unwrap();
        near.set_nodelay(true).unwrap();
        let mut first = [0; 256];
        let length = near.peek(&mut first).await.unwrap_or(0);
        let said = String::from_utf8_lossy(&first[..length]);
        let line = said.lines().next().unwrap_or_default().to_owned();
        self.first_lines.lock().unwrap().push(line);
        let ((from_near, to_near), (from_far, to_far)) = (near.split(), far.split());
        tokio::select! {
            () = self.pass_on(from_near, to_far, Some(&self.said)) => {}
            () = self.pass_on(from_far, to_near, None) => {}
        }
    }

    async fn pass_on(
        &self,
        mut from: ReadHalf<'_>,
        mut to: WriteHalf<'_>,
        count: Option<&AtomicU64>,
    ) {
        let mut said = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut said).await {
            if let Some(count) = count {
                count.fetch_add(1, Ordering::Relaxed);
            }
            let delay = *self.delay.lock().unwrap();
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            if to.write_all(&said[..length]).await.is_err() {
                return;
            }
        }
    }
}
