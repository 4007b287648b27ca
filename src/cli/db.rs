//! `cp2 db`: the database.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;

use crate::actions::restored::{self, Settled};
use crate::actions::{Decider, Way};
use crate::domain::{Clock as _, SystemClock};
use crate::service::{existing_store, open_store, store_as_it_is};
use crate::store::{Store, StoreError, StoreSettings, leave_to_its_folder, milestones};

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
    /// Bring a restored database to rest before the service starts: no SMS that waited when the
    /// backup was made is sent again, campaigns are held, every visit and link ends
    ///
    /// On SQLite the copy is proven and put where the configuration wants the database, where
    /// none may be. On PostgreSQL, restore with `pg_restore` first and name no copy.
    ///
    /// Example: cp2 db restore /var/backups/cp2-2026-11-24.db --by wanjiku
    Restore(Restore),
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
pub(super) struct Restore {
    /// The copy, which is left as it is; on SQLite alone
    file: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigFile,
    /// Who restores, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
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
        DbCommand::Restore(restore) => bring_back(restore).await,
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

async fn bring_back(restore: &Restore) -> anyhow::Result<ExitCode> {
    let config = restore.config.load()?;
    let wanted = config.database.url.expose_secret();
    let place = wanted.strip_prefix("sqlite:").map(PathBuf::from);
    let settled = match (&restore.file, place) {
        (Some(file), Some(place)) => {
            for name in beside(&place) {
                ensure!(
                    !name.exists(),
                    "{} is there: stop the service and move it away first",
                    name.display()
                );
            }
            // Settled under another name: a service that starts meanwhile finds none of it.
            let restored = Restored::from(file, &place)?;
            let store = restored.open(file).await?;
            let settled = settle(&store, restore).await?;
            store.leave_no_trace().await?;
            store.close().await;
            restored.put_at(&place)?;
            settled
        }
        (None, None) => {
            let store = existing_store(&config).await?;
            let settled = settle(&store, restore).await?;
            store.close().await;
            settled
        }
        (Some(_), None) => bail!("on PostgreSQL, restore with pg_restore, and name no copy here"),
        (None, Some(_)) => bail!("name the copy that is to be restored"),
    };
    let Settled { sms, campaigns } = settled;
    println!("Restored. The service can start.");
    println!("{sms:>9}  SMS waited and are given up, for they may have been sent: cp2 outbox dead");
    println!("{campaigns:>9}  campaigns are held: cp2 campaign list");
    println!("Log-ins and links that were open have ended.");
    Ok(ExitCode::SUCCESS)
}

async fn settle(store: &Store, restore: &Restore) -> anyhow::Result<Settled> {
    let by = format!("operator:{}", restore.by);
    let by = Decider {
        name: &by,
        way: Way::Operator,
        channel: "",
    };
    let mut tx = store.begin().await?;
    let settled = restored::settle(&mut tx, by, SystemClock.now()).await?;
    tx.commit().await?;
    Ok(settled)
}

async fn prove(file: &Path) -> anyhow::Result<ExitCode> {
    let restored = Restored::from(file, file)?;
    let store = restored.open(file).await?;
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
    /// A copy of a copy beside that place.
    fn from(copy: &Path, place: &Path) -> anyhow::Result<Self> {
        let mut from =
            File::open(copy).with_context(|| format!("{} can't be read", copy.display()))?;
        let mut name = place.as_os_str().to_owned();
        name.push(format!(".restored-{}", std::process::id()));
        let restored = Self(name.into());
        let mut to = private_file::create_new(&restored.0)?;
        io::copy(&mut from, &mut to)?;
        to.sync_all()?;
        Ok(restored)
    }

    /// Opens it, unless it is broken, with its schema up to date.
    async fn open(&self, copy: &Path) -> anyhow::Result<Store> {
        let store = Store::open(&StoreSettings {
            url: format!("sqlite:{}", self.0.display()),
            connections: 1,
            patience: Duration::from_secs(5),
            create: false,
            pooler: false,
        })
        .await?;
        let faults = store.faults().await?;
        ensure!(
            faults.is_empty(),
            "{} is broken: {}",
            copy.display(),
            faults.join("; ")
        );
        store.migrate().await?;
        Ok(store)
    }

    /// Moves it there; it is whole there or not there at all.
    fn put_at(self, place: &Path) -> anyhow::Result<()> {
        leave_to_its_folder(&self.0)
            .with_context(|| format!("{} can't change hands", self.0.display()))?;
        fs::rename(&self.0, place)?;
        let folder = place
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        for name in beside(&self.0) {
            // One that is not there is gone.
            let _ = fs::remove_file(name);
        }
    }
}

/// A database and the files that SQLite keeps beside it.
fn beside(database: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}
