//! A wire between two programs that a test can cut, or lay dead.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Everything that reaches its near end comes out at its far end, and back.
pub(crate) struct Wire {
    near: SocketAddr,
    far: watch::Sender<Option<SocketAddr>>,
    /// Whether bytes get through.
    alive: watch::Sender<bool>,
    first_lines: Arc<Mutex<Vec<String>>>,
    end: Mutex<End>,
}

/// Ends the near end with all its connections.
struct End(CancellationToken, TaskTracker);

impl Wire {
    /// A wire that leads nowhere yet.
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Self {
            near: listener.local_addr().unwrap(),
            far: watch::Sender::new(None),
            alive: watch::Sender::new(true),
            first_lines: Arc::default(),
            end: Mutex::new(End(CancellationToken::new(), TaskTracker::new())),
        };
        wire.listen(listener);
        wire
    }

    pub(crate) fn lead_to(&self, far: SocketAddr) {
        self.far.send_replace(Some(far));
    }

    pub(crate) fn near(&self) -> SocketAddr {
        self.near
    }

    /// The first line that each connection said.
    pub(crate) fn first_lines(&self) -> Vec<String> {
        self.first_lines.lock().unwrap().clone()
    }

    /// Breaks every connection and refuses new ones.
    pub(crate) async fn cut(&self) {
        let tracker = {
            let end = self.end.lock().unwrap();
            end.0.cancel();
            end.1.close();
            end.1.clone()
        };
        tracker.wait().await;
    }

    /// Takes new connections again.
    pub(crate) async fn mend(&self) {
        let listener = TcpListener::bind(self.near).await.unwrap();
        *self.end.lock().unwrap() = End(CancellationToken::new(), TaskTracker::new());
        self.listen(listener);
    }

    /// Swallows every byte from now on, without a word: a machine that lost its power.
    pub(crate) fn lay_dead(&self) {
        self.alive.send_replace(false);
    }

    /// Lets new connections through. Those of before stay dead for ever, as they do when
    /// another machine takes the address over.
    pub(crate) fn revive(&self) {
        self.alive.send_replace(true);
    }

    fn listen(&self, listener: TcpListener) {
        let end = self.end.lock().unwrap();
        let (stop, tasks) = (end.0.clone(), end.1.clone());
        let (far, alive) = (self.far.clone(), self.alive.clone());
        let lines = Arc::clone(&self.first_lines);
        let accept = {
            let (stop, tasks) = (stop.clone(), tasks.clone());
            async move {
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let far = far.borrow().expect("the wire leads somewhere");
                    let talk = talk(stream, far, alive.subscribe(), Arc::clone(&lines));
                    tasks.spawn(stop.clone().run_until_cancelled_owned(talk));
                }
            }
        };
        tasks.spawn(stop.run_until_cancelled_owned(accept));
    }
}

async fn talk(
    mut near: TcpStream,
    far: SocketAddr,
    mut alive: watch::Receiver<bool>,
    lines: Arc<Mutex<Vec<String>>>,
) {
    if *alive.borrow_and_update() {
        tokio::select! {
            () = carry(&mut near, far, &lines) => return,
            _ = alive.changed() => {}
        }
    }
    // Dead: the stream stays open and nobody is there.
    std::future::pending::<()>().await;
    drop(near);
}

async fn carry(near: &mut TcpStream, far: SocketAddr, lines: &Mutex<Vec<String>>) {
    let Ok(mut far) = TcpStream::connect(far).await else {
        return;
    };
    let mut first = [0; 256];
    let length = near.peek(&mut first).await.unwrap_or(0);
    let line = String::from_utf8_lossy(&first[..length]);
    let line = line.lines().next().unwrap_or_default().to_owned();
    lines.lock().unwrap().push(line);
    let _ = copy_bidirectional(near, &mut far).await;
}
