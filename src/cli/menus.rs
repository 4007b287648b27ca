//! `cp2 menus`: the menus and their texts, for whoever writes them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

use jiff::civil::Date;

use super::ConfigFile;
use super::menus_test::{self, TestArgs};
use crate::actions::CATALOGUE;
use crate::domain::Language;
use crate::menus::{self, Findings, Graph, MenuFile, Preview, SCREEN, Visits};
use crate::service::existing_store;
use crate::store::{self, traffic};

/// Check, test, preview, map and compare menus
///
/// Example: cp2 menus check drafts
#[derive(Debug, Subcommand)]
pub(super) enum MenusCommand {
    /// Prove that everything fits, leads somewhere and is worded in both languages
    ///
    /// Each finding is a line on stderr that begins with its file, line and column, and
    /// the exit code is then 1.
    ///
    /// Example: cp2 menus check drafts
    Check(CheckArgs),
    /// Play transcripts on the real engine and say what differs
    ///
    /// A transcript is a text file in DIR/transcripts: who dials, what the phone shows,
    /// what is typed, what goes wrong. Prints the share of the menu's ways that they
    /// went, and the ways they never did.
    ///
    /// Example: cp2 menus test drafts --update
    Test(TestArgs),
    /// Print every screen and SMS in both languages, filled with the longest values
    ///
    /// Example: cp2 menus preview drafts --only home
    Preview(PreviewArgs),
    /// Print a map of the screens, as Mermaid or SVG
    ///
    /// Example: cp2 menus graph drafts --svg > menus.svg
    ///
    /// With --traffic each screen shows how many sessions went through it and ended
    /// there, out of the database of a configuration; without DIR it is a map of the
    /// menus that the configuration names.
    ///
    /// Example: cp2 menus graph --traffic --config /etc/cp2/cp2.toml --svg > traffic.svg
    Graph(GraphArgs),
    /// Say which dialled paths mean something else in another version of a menu
    ///
    /// A line for each path: the keys from the start, how the actions on the way ended,
    /// and what has become of it: moved, reworded, appeared or vanished. What lies behind
    /// a path that appeared or vanished is not listed. The exit code is that of diff: 0
    /// when nothing changed, 1 when something did, 2 when it could not tell.
    ///
    /// Example: cp2 menus diff menus drafts
    Diff(DiffArgs),
    /// Print the JSON Schema of menu files, for editors
    ///
    /// Example: cp2 menus schema > drafts/schema.json
    Schema,
    /// Print what menu files may ask for: actions, SMS and fields
    ///
    /// Example: cp2 menus actions > docs/actions.md
    Actions,
}

/// Which menus.
#[derive(Debug, Args)]
struct Source {
    /// A folder of menu files; without it, the menus that this program was built with
    dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    source: Source,
    /// Print the result as JSON too
    #[arg(long)]
    json: bool,
    /// Hold the longest values in the database against what the proof counts with
    #[arg(long)]
    data: bool,
    /// The configuration that names the database
    #[arg(
        long,
        value_name = "FILE",
        requires = "data",
        default_value = "config/cp2.toml"
    )]
    config: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct PreviewArgs {
    #[command(flatten)]
    source: Source,
    /// Only screens and messages whose name contains this
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    only: String,
}

#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    #[command(flatten)]
    source: Source,
    /// A picture instead of Mermaid text
    #[arg(long)]
    svg: bool,
    /// The language of its labels: en or sw
    #[arg(long, default_value = "en", value_parser = Language::parse)]
    language: Language,
    /// Show how many sessions went through each screen
    #[arg(long)]
    traffic: bool,
    /// Count from this day on, such as 2026-10-05; sessions of the last half hour are
    /// always counted
    #[arg(long, value_name = "DAY", requires = "traffic")]
    since: Option<Date>,
    /// The configuration that names the database
    #[arg(
        long,
        value_name = "FILE",
        requires = "traffic",
        default_value = "config/cp2.toml"
    )]
    config: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The folder of the menus as they were
    old: PathBuf,
    /// The folder of the menus as they are
    new: PathBuf,
    /// Print JSON: an array of paths
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: &MenusCommand) -> anyhow::Result<ExitCode> {
    match command {
        MenusCommand::Check(args) => check(args).await,
        MenusCommand::Test(args) => menus_test::run(args).await,
        MenusCommand::Preview(args) => preview(&args.source.files()?, &args.only),
        MenusCommand::Graph(args) => graph(args).await,
        MenusCommand::Diff(args) => Ok(diff(args).unwrap_or_else(|error| {
            eprintln!("cp2: {error:#}");
            ExitCode::from(2)
        })),
        MenusCommand::Schema => {
            print(&format!("{:#}\n", menus::schema(&CATALOGUE)))?;
            Ok(ExitCode::SUCCESS)
        }
        MenusCommand::Actions => {
            print(&menus::guide(&CATALOGUE))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Source {
    fn files(&self) -> anyhow::Result<Vec<MenuFile>> {
        let Some(folder) = &self.dir else {
            return Ok(menus::embedded());
        };
        let files = read(folder)?;
        anyhow::ensure!(
            !files.is_empty(),
            "{} holds no menu files: they end in .toml",
            folder.display()
        );
        Ok(files)
    }
}

fn read(folder: &Path) -> anyhow::Result<Vec<MenuFile>> {
    menus::read_folder(folder).with_context(|| format!("{} can't be read", folder.display()))
}

async fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let as_json = args.json;
    let mut proven = menus::prove(&args.source.files()?, &CATALOGUE);
    if args.data {
        let longest = longest(&args.config).await?;
        proven = proven.and_then(|menu| {
            menus::hold_against(&CATALOGUE, &longest)?;
            Ok(menu)
        });
    }
    let menu = match proven {
        Ok(menu) => menu,
        Err(findings) => {
            if as_json {
                print(&format!(
                    "{:#}\n",
                    json!({"ok": false, "findings": findings.0})
                ))?;
            }
            return Ok(failed(&findings));
        }
    };
    let previews = menus::preview(&menu, &CATALOGUE);
    let (name, language, septets) = fullest(&previews);
    let screens = menu.screens.len();
    if as_json {
        let languages = Language::ALL.map(|language| language.code());
        let fullest = json!({"name": name, "language": language, "septets": septets});
        let answer = json!({
            "ok": true, "findings": [], "screens": screens, "languages": languages, "fullest": fullest
        });
        print(&format!("{answer:#}\n"))?;
    } else {
        print(&format!(
            "{screens} screens in en and sw are in order; \
             the fullest is {name} in {language} with {septets} of {SCREEN} septets\n"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The longest values in the database of a configuration.
async fn longest(config: &Path) -> anyhow::Result<Vec<(&'static str, Vec<String>)>> {
    let file = ConfigFile {
        path: config.to_owned(),
    };
    let store = existing_store(&file.load()?).await?;
    let mut tx = store.begin_read().await?;
    let longest = store::longest::values(&mut tx).await?;
    drop(tx);
    store.close().await;
    Ok(longest)
}

/// What fills a single screen most: its name, its language and the septets it can't do
/// without.
fn fullest(previews: &[Preview]) -> (&str, &'static str, usize) {
    let sizes = previews
        .iter()
        .filter(|one| one.pages.len() == 1)
        .map(|one| (one.name.as_str(), one.language.code(), one.needs));
    sizes
        .max_by_key(|(_, _, septets)| *septets)
        .unwrap_or_default()
}

fn preview(files: &[MenuFile], only: &str) -> anyhow::Result<ExitCode> {
    let menu = match menus::load(files, &CATALOGUE) {
        Ok(menu) => menu,
        Err(findings) => return Ok(failed(&findings)),
    };
    let previews = menus::preview(&menu, &CATALOGUE);
    let shown: Vec<_> = previews
        .iter()
        .filter(|one| one.name.contains(only))
        .map(ToString::to_string)
        .collect();
    anyhow::ensure!(
        !shown.is_empty(),
        "no screen or message has `{only}` in its name"
    );
    print(&shown.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn graph(args: &GraphArgs) -> anyhow::Result<ExitCode> {
    let mut source = Source {
        dir: args.source.dir.clone(),
    };
    let mut seen = None;
    if args.traffic {
        let config = ConfigFile {
            path: args.config.clone(),
        }
        .load()?;
        source.dir = source.dir.or_else(|| config.menus.folder.clone());
        let store = existing_store(&config).await?;
        let mut tx = store.begin_read().await?;
        seen = Some(traffic::since(&mut tx, args.since).await?);
        drop(tx);
        store.close().await;
    }
    let files = source.files()?;
    let menu = match menus::load(&files, &CATALOGUE) {
        Ok(menu) => menu,
        Err(findings) => return Ok(failed(&findings)),
    };
    let mut graph = Graph::of(&menu, &files, args.language);
    if let Some(seen) = seen {
        graph = graph.with_traffic(|screen| {
            let tally = seen.get(screen).copied().unwrap_or_default();
            Visits {
                sessions: tally.sessions,
                ended: tally.ended,
            }
        });
    }
    print(&if args.svg {
        graph.svg()
    } else {
        graph.mermaid()
    })?;
    Ok(ExitCode::SUCCESS)
}

fn diff(args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let load = |folder: &Path| {
        let source = Source {
            dir: Some(folder.to_owned()),
        };
        Ok::<_, anyhow::Error>(menus::load(&source.files()?, &CATALOGUE)?)
    };
    let differences = menus::diff(&load(&args.old)?, &load(&args.new)?);
    if args.json {
        print(&format!("{:#}\n", json!(differences)))?;
    } else {
        let lines = differences.iter().map(|one| format!("{one}\n"));
        print(&lines.collect::<String>())?;
    }
    Ok(if differences.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn failed(findings: &Findings) -> ExitCode {
    eprintln!("{findings}");
    ExitCode::FAILURE
}

/// Writes to stdout; whoever stops reading, as `head` does, has seen enough.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
