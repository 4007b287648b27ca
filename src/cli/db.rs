//! `cp2 db`: the database.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};

use crate::domain::{Clock, SystemClock};
use crate::service::{open_store, store_as_it_is};
use crate::store::{Store, StoreError, StoreSettings, milestones};

use super::{ConfigFile, private_file};

/// Look after the database
///
/// Example: cp2 db migrate --config /etc/cp2/cp2.toml
#[derive(Debug, Subcommand)]
pub(super) enum DbCommand {
    /// Bring the schema up to what this program needs
    ///
    /// Example: cp2 db migrate --config /etc/cp2/cp2.toml
    Migrate(ConfigFile),
    /// Copy a SQLite database while the service runs; nobody waits for it
    ///
    /// Example: cp2 db backup /var/backups/cp2-2026-11-24.db --config /etc/cp2/cp2.toml
    Backup(Backup),
    /// Prove that a copy holds: restore it into a file of its own, bring its schema up to date,
    /// look at every page and every row, and throw the restored file away
    ///
    /// Example: cp2 db verify /var/backups/cp2-2026-11-24.db
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The copy, which must not be there yet; only its owner may read it
    file: PathBuf,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The copy; it is left as it is
    file: PathBuf,
}

pub(super) async fn run(command: &DbCommand) -> anyhow::Result<ExitCode> {
    match command {
        DbCommand::Migrate(file) => {
            open_store(&file.load()?).await?.close().await;
            println!("the schema is up to date");
            Ok(ExitCode::SUCCESS)
        }
        DbCommand::Backup(backup) => copy(backup).await,
        DbCommand::Verify(verify) => prove(&verify.file).await,
    }
}

async fn copy(backup: &Backup) -> anyhow::Result<ExitCode> {
    let store = store_as_it_is(&backup.config.load()?).await?;
    let file = private_file::create_new(&backup.file)?;
    if let Err(error) = store.copy_into(&backup.file).await {
        fs::remove_file(&backup.file)?;
        return Err(error.into());
    }
    file.sync_all()?;
    if note(&store).await.is_err() {
        eprintln!("the copy is made; `cp2 status` will not know of it before `cp2 db migrate`");
    }
    store.close().await;
    let size = file.metadata()?.len().div_ceil(1024);
    println!(
        "{}: {size} KiB; `cp2 db verify` proves that it holds",
        backup.file.display()
    );
    Ok(ExitCode::SUCCESS)
}

async fn note(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    milestones::reach(&mut tx, milestones::BACKUP, 0, SystemClock.now()).await?;
    tx.commit().await
}

async fn prove(file: &Path) -> anyhow::Result<ExitCode> {
    let restored = Restored::from(file)?;
    let store = Store::open(&StoreSettings {
        url: format!("sqlite:{}", restored.0.display()),
        connections: 1,
        patience: Duration::from_secs(5),
        create: false,
    })
    .await?;
    let faults = store.faults().await?;
    ensure!(
        faults.is_empty(),
        "{} is broken: {}",
        file.display(),
        faults.join("; ")
    );
    store.migrate().await?;
    for (name, count) in store.holdings().await? {
        println!("{count:>9} {name}");
    }
    store.close().await;
    println!("{} holds", file.display());
    Ok(ExitCode::SUCCESS)
}

/// A copy of a copy, gone with everything beside it when it is dropped.
struct Restored(PathBuf);

impl Restored {
    fn from(copy: &Path) -> anyhow::Result<Self> {
        let mut from =
            File::open(copy).with_context(|| format!("{} can't be read", copy.display()))?;
        let mut name = copy.as_os_str().to_owned();
        name.push(format!(".restored-{}", std::process::id()));
        let restored = Self(name.into());
        io::copy(&mut from, &mut private_file::create_new(&restored.0)?)?;
        Ok(restored)
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(end);
            // One that is not there is gone.
            let _ = fs::remove_file(name);
        }
    }
}
