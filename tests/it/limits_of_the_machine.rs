//! What a machine runs out of: the disk, handles for connections. Nothing is acknowledged that
//! is not kept, and all goes on by itself once there is room.

use std::process::Command;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::task::block_in_place;

use crate::harness::Database;
use crate::harness::alone::Alone;
use crate::harness::service::{happens, person};

const BUSY: &str = "END The service is busy. ";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_takes_nothing_and_loses_nothing() {
    // A file that may not grow is a disk that is full, but for a signal that comes with it.
    let service = Alone::start(Database::sqlite(), "trap '' XFSZ; exec \"$0\" \"$@\"", &[]).await;
    let who = person(1);
    for round in 0..5 {
        let session = format!("ATUid_{round}");
        let shown = service.hop(&session, &who, "").await;
        assert!(shown.starts_with("CON "), "{shown}");
        service.limit("--fsize=1:");
        let other = format!("ATUid_other_{round}");
        let refused = service.hop(&other, &person(2), "").await;
        assert!(refused.starts_with(BUSY), "{refused}");
        let written = "SELECT COUNT(*) FROM sessions";
        let before = service.database.count(written).await;
        service.hop(&other, &person(2), "").await;
        assert_eq!(service.database.count(written).await, before);
        service.limit("--fsize=unlimited:");
        let shown = service.hop(&other, &person(2), "").await;
        assert!(shown.starts_with("CON "), "{shown}");
    }
    let sound = "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'";
    assert_eq!(service.database.count(sound).await, 1);
    service.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_keep_nobody_out_and_are_closed() {
    const IDLE: usize = 10_000;
    allow_files(std::process::id());
    let settings = [("CP2__SERVER__HEADERS_WITHIN_S", "20")];
    let more = "ulimit -S -n 16000; exec \"$0\" \"$@\"";
    let service = Alone::start(Database::sqlite(), more, &settings).await;
    let place = service.place.clone();
    let opened: Vec<_> = stream::iter(0..IDLE)
        .map(|_| TcpStream::connect(place.clone()))
        .buffer_unordered(64)
        .map(|stream| stream.expect("a connection"))
        .collect()
        .await;
    assert_eq!(opened.len(), IDLE);
    for number in 1..=7 {
        let shown = service
            .hop(&format!("ATUid_{number}"), &person(number), "")
            .await;
        assert!(shown.starts_with("CON "), "{shown}");
    }
    // Who never says a word is shown the door.
    let closed = stream::iter(opened)
        .map(|mut stream| async move {
            let mut bytes = [0; 8];
            let said = stream.read(&mut bytes);
            let said = tokio::time::timeout(Duration::from_mins(1), said).await;
            matches!(said, Ok(Ok(0) | Err(_)))
        })
        .buffer_unordered(IDLE);
    let closed = closed.filter(|closed| std::future::ready(*closed)).count();
    assert_eq!(closed.await, IDLE);
    let back = happens(async || {
        service
            .hop("ATUid_back", &person(1), "")
            .await
            .starts_with("CON ")
    });
    assert!(back.await);
    service.end().await;
}

/// Lets a process have as many open files as this takes.
fn allow_files(pid: u32) {
    let told = block_in_place(|| {
        let mut command = Command::new("prlimit");
        command.arg(format!("--pid={pid}")).arg("--nofile=16000:");
        command.status()
    });
    assert!(
        told.unwrap().success(),
        "16000 open files are not allowed here"
    );
}
