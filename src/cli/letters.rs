//! `cp2 letters`: letters as files, one or all of a series.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use std::io::Write;

use crate::actions::{Tools, has_read, letter_data};
use crate::domain::{CentreCode, Clock, Series, SystemClock};
use crate::letters::{LetterData, Letters, TemplateFile};
use crate::service::{existing_store, letter_files, load_letters, load_tools};
use crate::store::deployments::{self, Deployment, LettersOf};
use crate::store::{StoreError, Tx, people};

use super::by::By;
use super::progress::Progress;
use super::{ConfigFile, private_file};

/// Letters that are read at a time.
const PAGE: usize = 256;

/// Letters as files
///
/// Example: cp2 letters render --series "KCSE 2026" --out letters-2026
#[derive(Debug, Subcommand)]
pub(super) enum LettersCommand {
    Render(RenderArgs),
    Check(CheckArgs),
}

/// Read the letters of a folder, and say what is wrong and where
///
/// Each fault is a line that begins with `FILE:LINE`. What a letter may say stands in
/// letters/README.md.
///
/// Example: cp2 letters check letters
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CheckArgs {
    /// The folder with the letters, such as invigilator.md
    #[arg(value_name = "DIR", default_value = "letters")]
    folder: PathBuf,
}

/// Write the letters of a series, or one of them, as PDF files
///
/// Each is named by its centre, role and serial. They hold names and numbers: keep them
/// where only those who need them can read them.
///
/// Example: cp2 letters render --series "KCSE 2026" --out letters-2026
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RenderArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The series, such as "KCSE 2026"
    #[arg(long, value_parser = |text: &str| Series::parse(text))]
    series: Series,
    /// Only those of the centre of this code
    #[arg(long, value_name = "CODE", value_parser = |text: &str| CentreCode::parse(text))]
    centre: Option<CentreCode>,
    /// Only the one with this serial, the number at the end of its reference
    #[arg(long, value_name = "SERIAL")]
    serial: Option<u32>,
    /// The folder to write to; it is made where it is missing
    #[arg(long, value_name = "DIR", default_value = "letters-out")]
    out: PathBuf,
    #[command(flatten)]
    by: By,
}

pub(super) async fn run(command: &LettersCommand) -> anyhow::Result<ExitCode> {
    match command {
        LettersCommand::Render(args) => render(args).await,
        LettersCommand::Check(args) => check(args),
    }
}

fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let folder = args.folder.display();
    let files = letter_files(&args.folder).with_context(|| format!("{folder} can't be read"))?;
    if files.is_empty() {
        bail!("{folder} holds no letters: their names end in .md");
    }
    // Each by itself, so that one fault hides no other.
    let faults: Vec<_> = files.iter().filter_map(TemplateFile::fault).collect();
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    println!("{folder}: {} letters, in order", files.len());
    Ok(ExitCode::SUCCESS)
}

async fn render(args: &RenderArgs) -> anyhow::Result<ExitCode> {
    let config = args.config.load()?;
    let tools = load_tools(&config)?;
    let letters = load_letters(&config)?;
    let wanted = LettersOf {
        series: args.series,
        centre: args.centre.as_ref(),
        serial: args.serial,
    };
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("{} can't be made", args.out.display()))?;
    let store = existing_store(&config).await?;
    let mut tx = store.begin().await?;
    let total = deployments::count_letters(&mut tx, wanted).await?;
    let what = (
        "letters.rendered",
        Some(format!("{total} of {}", args.series)),
    );
    has_read(&mut tx, &args.by.actor(), what, &[], SystemClock.now()).await?;
    tx.commit().await?;
    let mut progress = Progress::of(total, "writing", "letters")?;
    let (begun, mut done, mut after) = (Instant::now(), 0, 0);
    loop {
        // Writing takes long, so it holds no unit of work.
        let mut tx = store.begin_read().await?;
        let page = deployments::letters_after(&mut tx, wanted, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.serial;
        let filled = filled(&mut tx, &tools, &page).await?;
        drop(tx);
        for (name, data) in filled {
            write(&letters, &args.out.join(name), &data)?;
            done += 1;
            progress.show(done, done);
        }
    }
    progress.finish();
    store.close().await;
    if done == 0 {
        bail!("there is no such letter");
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{done} letters in {seconds:.1} s, {:.0} a second",
        rate(done, seconds)
    );
    Ok(ExitCode::SUCCESS)
}

/// What each letter says, and the name of its file. A person without a line gets none.
async fn filled(
    tx: &mut Tx,
    tools: &Tools,
    page: &[Deployment],
) -> Result<Vec<(String, LetterData)>, StoreError> {
    let mut filled = Vec::new();
    for deployment in page {
        let person = people::by_id(tx, &deployment.person).await?;
        if let Some(data) = person.and_then(|person| letter_data(tools, &person, deployment)) {
            filled.push((file_name(deployment), data));
        }
    }
    Ok(filled)
}

fn file_name(deployment: &Deployment) -> String {
    let (centre, role) = (deployment.centre.code.as_str(), deployment.role.code());
    format!("{centre}-{role}-{:07}.pdf", deployment.serial)
}

fn write(letters: &Letters, path: &Path, data: &LetterData) -> anyhow::Result<()> {
    let pdf = letters.render(data)?;
    let written = private_file::create(path).and_then(|mut file| file.write_all(&pdf));
    written.with_context(|| format!("{} can't be written", path.display()))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a rate is shown in whole numbers"
)]
fn rate(done: u64, seconds: f64) -> f64 {
    done as f64 / seconds.max(0.001)
}
